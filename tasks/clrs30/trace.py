"""The record of one run of an algorithm of one's own."""

from collections.abc import Mapping
from typing import Any

import clrs
import numpy as np
from clrs._src import probing

from harness.core.errors import UserError
from tasks.clrs30 import probes
from tasks.clrs30.specification import POS, STAGES


class Trace:
  """Inputs, hints and outputs of a run, as it gives them.

  Arrays are copied: they may be changed after they are given. A mask_one at
  nodes may be given as the number of its node.
  """

  def __init__(self, spec: clrs.Spec, num_nodes: int):
    """An empty record of a run on an instance of `num_nodes` nodes."""
    self._spec = spec
    self._num_nodes = num_nodes
    self._given: dict[str, list[dict[str, np.ndarray]]] = {
      stage: [] for stage in STAGES
    }

  def inputs(self, /, **arrays: Any) -> None:
    """Takes all inputs; `pos` may be left out, nodes are then in their order.

    Raises:
      UserError: one is missing, is not in the specification, or has a wrong
        shape; so for hints and outputs.
    """
    pos = np.arange(self._num_nodes) / self._num_nodes
    self._take(clrs.Stage.INPUT, {POS: pos, **arrays})

  def hints(self, /, **arrays: Any) -> None:
    """Takes all hints: before the first step, then after each.

    The network is given the first ones, and predicts the others in turn.
    """
    self._take(clrs.Stage.HINT, arrays)

  def outputs(self, /, **arrays: Any) -> None:
    """Takes all outputs, when the run is done."""
    self._take(clrs.Stage.OUTPUT, arrays)

  def finished(self) -> Any:
    """All that was taken, as dm-clrs' samplers read it.

    Raises:
      UserError: a stage was given never, or twice; or values do not suit the
        type of their probe.
    """
    record: Any = probing.initialize(self._spec)
    for stage, steps in self._given.items():
      if not steps:
        raise UserError(f"trace.{stage}s(...) is never called in the run")
      if len(steps) > 1 and stage != clrs.Stage.HINT:
        raise UserError(
          f"trace.{stage}s(...) is called {len(steps)} times in the run; call "
          "it once"
        )
      values = {
        name: probes.stacked(
          name,
          self._spec[name],
          [step[name] for step in steps],
          self._num_nodes,
        )
        for name in steps[0]
      }
      for number in range(len(steps)):
        probing.push(record, stage, {n: v[number] for n, v in values.items()})
    probing.finalize(record)
    return record

  def _take(self, stage: str, arrays: Mapping[str, Any]) -> None:
    names = [n for n, (other, _, _) in self._spec.items() if other == stage]
    for name in arrays:
      if name not in names:
        raise UserError(
          f"trace.{stage}s(...) is given {name!r}, which is no {stage} of the "
          "specification; add it there, or leave it out"
        )
    for name in names:
      if name not in arrays:
        raise UserError(
          f"trace.{stage}s(...) lacks {name!r}; give every {stage} of the "
          "specification in each call"
        )
    self._given[stage].append(
      {
        name: probes.as_array(
          name, self._spec[name], arrays[name], self._num_nodes
        )
        for name in names
      }
    )
