"""Arrays of a trajectory: the shape and the values that their types ask for."""

from collections.abc import Iterator, Sequence
from typing import Any

import clrs
import numpy as np

from harness.core.errors import UserError

Entry = tuple[str, str, str]  # Stage, location and type.

_PLACES = {
  clrs.Location.NODE: "each of {} nodes",
  clrs.Location.EDGE: "each pair of {} nodes",
  clrs.Location.GRAPH: "the graph",
}
_POINTERS = (clrs.Type.POINTER, clrs.Type.SHOULD_BE_PERMUTATION)
_MARKS = (0, 1, -1)
_ONE_HOT = (clrs.Type.MASK_ONE, clrs.Type.CATEGORICAL)


def as_array(name: str, entry: Entry, value: Any, num_nodes: int) -> np.ndarray:
  """A copy of a value in float64.

  Args:
    name: of the probe.
    entry: its specification.
    value: an array, or the number of a node for a mask_one.
    num_nodes: of the instance.

  Returns:
    [n], [n, n] or [] by the location, and [..., k] for k categories.

  Raises:
    UserError: the value has another shape, or is none of numbers.
  """
  stage, location, type_ = entry
  try:
    array = np.array(value, float)
  except (TypeError, ValueError):
    raise UserError(f"{stage} {name!r} is no array of numbers") from None
  if type_ == clrs.Type.MASK_ONE and array.shape == ():
    if array not in np.arange(num_nodes):
      raise UserError(
        f"{stage} {name!r} is node {array:g}; nodes are 0 to {num_nodes - 1}"
      )
    return np.asarray(np.arange(num_nodes) == array, float)
  place = {
    clrs.Location.NODE: (num_nodes,),
    clrs.Location.EDGE: (num_nodes, num_nodes),
    clrs.Location.GRAPH: (),
  }[location]
  wanted, found = list(map(str, place)), array.shape
  if type_ == clrs.Type.CATEGORICAL:
    wanted.append("2 or more categories")
    is_right = found[:-1] == place and found[-1:] > (1,)
  else:
    is_right = found == place
  if not is_right:
    raise UserError(
      f"{stage} {name!r} has the shape {list(found)}; a {type_} of "
      f"{_PLACES[location].format(num_nodes)} has [{', '.join(wanted)}]"
    )
  return array


def stacked(
  name: str, entry: Entry, steps: Sequence[np.ndarray], num_nodes: int
) -> np.ndarray:
  """The values of a probe at all steps [T, ...], pointers as integers.

  Raises:
    UserError: they do not suit the type.
  """
  stage, _, type_ = entry
  shapes = {step.shape for step in steps}
  if len(shapes) > 1:  # Of categories: the other dimensions are checked.
    counts = sorted(shape[-1] for shape in shapes)
    raise UserError(
      f"{stage} {name!r} has {counts[0]} categories at one step and "
      f"{counts[-1]} at another; give it the same number always"
    )
  values = np.stack(steps)
  for is_wrong, rule in _judged(type_, values, num_nodes):
    if np.any(is_wrong):
      place = tuple(np.argwhere(is_wrong)[0])
      shown = np.array2string(values[place], threshold=9, edgeitems=4)
      step = f" at step {place[0]}" if stage == clrs.Stage.HINT else ""
      raise UserError(
        f"{stage} {name!r} has {' '.join(shown.split())}{step}; {rule}"
      )
  return values.astype(int) if type_ in _POINTERS else values


def _judged(
  type_: str, values: np.ndarray, num_nodes: int
) -> Iterator[tuple[np.ndarray, str]]:
  """Flaws by each rule for a type, element by element or row by row."""
  yield ~np.isfinite(values), "numbers must be finite"
  if type_ == clrs.Type.MASK:
    yield (
      ~np.isin(values, _MARKS),
      "a mask has 0 and 1, and -1 where nothing is asked",
    )
  elif type_ in _ONE_HOT:
    yield (
      ~np.isin(values, _MARKS).all(-1) | (np.abs(values).sum(-1) != 1),
      f"a {type_} has a single 1, or -1 where nothing is asked, and else 0",
    )
  elif type_ in _POINTERS:
    yield (
      (values % 1 != 0) | (values < 0) | (values >= num_nodes),
      f"pointers are numbers of nodes, here 0 to {num_nodes - 1}",
    )
  if type_ == clrs.Type.SHOULD_BE_PERMUTATION:
    yield (
      ~np.apply_along_axis(_is_order, -1, values.astype(int)),
      "each node of an order points to the one before, the first to itself",
    )


def _is_order(pointers: np.ndarray) -> bool:
  """True if pointers [n] to predecessors lead through all nodes."""
  successors = {
    before: node for node, before in enumerate(pointers) if before != node
  }
  node, count = next((n for n, b in enumerate(pointers) if n == b), -1), 1
  while (node := successors.get(node, -1)) >= 0:
    count += 1
  return count == len(pointers)
