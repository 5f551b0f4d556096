"""Shapes and values of probes: those of dm-clrs pass, mistakes get a line."""

from typing import Any

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30 import conformance, probes
from tasks.clrs30.registry import UPSTREAM

N = 4
EYE = np.eye(N)


def _checked(entry: probes.Entry, *steps: Any) -> np.ndarray:
  arrays = [probes.as_array("w", entry, step, N) for step in steps]
  return probes.stacked("w", entry, arrays, N)


@pytest.mark.parametrize(
  ("location", "type_", "value"),
  [
    ("node", "scalar", [0.5, -2, 7, 0]),
    ("edge", "scalar", EYE),
    ("graph", "scalar", 3),
    ("node", "mask", [True, False, True, False]),
    ("graph", "mask", -1),
    ("node", "mask_one", EYE[2]),
    ("edge", "mask_one", -EYE),
    ("node", "categorical", EYE[:, :2] + [[0, 0], [0, 0], [0, 1], [-1, 0]]),
    ("graph", "categorical", [0, 1]),
    ("node", "pointer", [0, 3, 1, 1]),
    ("edge", "pointer", 3 * EYE),
    ("graph", "pointer", 2),
    ("node", "should_be_permutation", [2, 1, 1, 0]),
  ],
)
def test_arrays_of_every_type_are_copied(
  location: str, type_: str, value: Any
) -> None:
  found = _checked(("hint", location, type_), value, value)
  assert found.dtype == (int if type_ in probes._POINTERS else float)
  np.testing.assert_array_equal(found, [value, value])


def test_a_mask_one_may_be_the_number_of_its_node() -> None:
  found = _checked(("hint", "node", "mask_one"), 2, np.int64(0))
  np.testing.assert_array_equal(found, EYE[[2, 0]])


@pytest.mark.parametrize(
  ("location", "type_", "steps", "line"),
  [
    (
      "node",
      "scalar",
      [EYE],
      "the shape [4, 4]; a scalar of each of 4 nodes ha",
    ),
    (
      "edge",
      "mask",
      [EYE[0]],
      "shape [4]; a mask of each pair of 4 nodes has [4",
    ),
    ("graph", "mask", [[1]], "has the shape [1]; a mask of the graph has []"),
    (
      "node",
      "pointer",
      [1],
      "has the shape []; a pointer of each of 4 nodes has",
    ),
    (
      "node",
      "scalar",
      [range(5)],
      "has the shape [5]; a scalar of each of 4 n",
    ),
    ("graph", "categorical", [1], "of the graph has [2 or more categories]"),
    (
      "graph",
      "categorical",
      [[1]],
      "has the shape [1]; a categorical of the g",
    ),
    ("node", "categorical", [EYE[0]], "has [4, 2 or more categories]"),
    (
      "graph",
      "categorical",
      [EYE[0], EYE[0, :3]],
      "has 3 categories at one st",
    ),
    ("graph", "scalar", ["much"], "hint 'w' is no array of numbers"),
    ("node", "scalar", [[[1], 2, 3, 4]], "hint 'w' is no array of numbers"),
    (
      "graph",
      "scalar",
      [1, np.inf],
      "'w' has inf at step 1; numbers must be fin",
    ),
    (
      "graph",
      "scalar",
      [np.nan],
      "hint 'w' has nan at step 0; numbers must be",
    ),
    ("node", "mask", [[0, 1, 0.5, 0]], "has 0.5 at step 0; a mask has 0 and 1"),
    (
      "node",
      "mask_one",
      [0, [1, 1, 0, 0]],
      "has [1. 1. 0. 0.] at step 1; a mas",
    ),
    (
      "node",
      "mask_one",
      [4],
      "is node 4; nodes are 0 to 3",
    ),
    (
      "graph",
      "categorical",
      [[0, 0]],
      "[0. 0.] at step 0; a categorical has a",
    ),
    (
      "graph",
      "categorical",
      [[2, -1]],
      "a categorical has a single 1, or -1 w",
    ),
    (
      "node",
      "pointer",
      [[0, 1, 4, 0]],
      "has 4. at step 0; pointers are number",
    ),
    (
      "node",
      "pointer",
      [[0, -1, 0, 0]],
      "pointers are numbers of nodes, here 0",
    ),
    ("node", "pointer", [[0, 0.5, 0, 0]], "numbers of nodes, here 0 to 3"),
    ("node", "should_be_permutation", [[1, 2, 3, 0]], "of an order points to"),
    ("node", "should_be_permutation", [[0, 1, 1, 1]], "of an order points to"),
    ("node", "should_be_permutation", [[0, 0, 1, 1]], "of an order points to"),
    ("node", "should_be_permutation", [[0, 2, 3, 1]], "of an order points to"),
  ],
)
def test_a_mistake_gets_a_line(
  location: str, type_: str, steps: list[Any], line: str
) -> None:
  with pytest.raises(UserError, match=r"^hint 'w' ") as error:
    _checked(("hint", location, type_), *steps)
  assert line in str(error.value)
  assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", UPSTREAM)
def test_trajectories_of_dm_clrs_keep_the_rules(name: str) -> None:
  algorithm = UPSTREAM[name]
  (run,) = conformance.runs_of(algorithm, 5, 1)
  num_nodes = len(run.inputs["pos"])
  hints = {hint: list(values) for hint, values in run.hints.items()}
  single = {n: [value] for n, value in (run.inputs | run.outputs).items()}
  for probe, steps in (hints | single).items():
    entry = algorithm.spec[probe]
    arrays = [probes.as_array(probe, entry, s, num_nodes) for s in steps]
    probes.stacked(probe, entry, arrays, num_nodes)
