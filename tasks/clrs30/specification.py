"""Rules for the specification of an algorithm of one's own."""

from collections.abc import Mapping
from typing import Any

import clrs

from harness.core.errors import UserError, unknown

POS = "pos"
_POS = (clrs.Stage.INPUT, clrs.Location.NODE, clrs.Type.SCALAR)
_EXAMPLE = '("input", "node", "scalar")'
STAGES = (clrs.Stage.INPUT, clrs.Stage.HINT, clrs.Stage.OUTPUT)
_LOCATIONS = (clrs.Location.NODE, clrs.Location.EDGE, clrs.Location.GRAPH)
_TYPES = (
  clrs.Type.SCALAR,
  clrs.Type.CATEGORICAL,
  clrs.Type.MASK,
  clrs.Type.MASK_ONE,
  clrs.Type.POINTER,
  clrs.Type.SHOULD_BE_PERMUTATION,
)
_RESERVED = ("lengths",)  # Files of batches have an array of that name.


def completed(spec: Mapping[str, Any]) -> clrs.Spec:
  """The specification with the input `pos`, which every algorithm has.

  Raises:
    UserError: dm-clrs or its network can't make sense of a probe, or a stage
      has none.
  """
  whole = {POS: _POS, **spec}
  for name, entry in whole.items():
    if not name.isidentifier() or name in _RESERVED:
      raise UserError(f"probe {name!r} needs another name, such as 'weight'")
    if not isinstance(entry, tuple | list) or len(entry) != 3:
      raise UserError(
        f"probe {name!r} needs a stage, a location and a type, as in {_EXAMPLE}"
      )
    for what, word, known in zip(
      ("stage", "location", "type"),
      entry,
      (STAGES, _LOCATIONS, _TYPES),
      strict=True,
    ):
      if word not in known:
        raise unknown(f"{what} of probe {name!r}:", str(word), known)
    _check_entry(name, *entry, spec=whole)
  own = {stage for name, (stage, _, _) in spec.items() if name != POS}
  for stage in STAGES:
    if stage not in own:
      raise UserError(
        f"the specification has no {stage}; beside 'pos' it needs an input, a "
        "hint and an output"
      )
  return {name: tuple(entry) for name, entry in whole.items()}


def _check_entry(
  name: str, stage: str, location: str, type_: str, *, spec: Mapping[str, Any]
) -> None:
  entry = (stage, location, type_)
  if name == POS and entry != _POS:
    raise UserError(f"probe 'pos' is {entry}; leave it out, or make it {_POS}")
  if stage == clrs.Stage.OUTPUT and type_ == clrs.Type.SCALAR:
    raise UserError(
      f"output {name!r} is a scalar, which dm-clrs scores by squared error, so "
      "that less is better; make it a mask, a pointer or a categorical"
    )
  if (location, type_) == (clrs.Location.GRAPH, clrs.Type.MASK_ONE):
    raise UserError(
      f"{stage} {name!r} is a mask_one of one graph; make it a mask or a "
      "categorical"
    )
  if type_ == clrs.Type.SHOULD_BE_PERMUTATION:
    if (stage, location) != (clrs.Stage.OUTPUT, clrs.Location.NODE):
      raise UserError(
        f"{stage} {name!r} is a {type_}, which outputs at nodes are only; make "
        "it a pointer"
      )
    if f"{name}_mask" in spec:
      raise UserError(
        f"probe '{name}_mask' has the name that dm-clrs gives to a part of "
        f"{name!r}; give it another one"
      )
