"""Luby's rounds against the greedy algorithm, node by node."""

import numpy as np

from tasks.clrs30.conformance import runs_of
from tasks.clrs30.registry import get

RUNS = [
  run
  for n in (4, 6, 9, 16)
  for for_training in (False, True)
  for run in runs_of(
    get("maximal_independent_set"), n, 30, for_training=for_training
  )
]


def _greedy(adjacent: np.ndarray, priority: np.ndarray) -> np.ndarray:
  chosen = np.zeros(len(priority))
  for node in np.argsort(-priority):
    chosen[node] = not (adjacent[node] * chosen).any()
  return chosen


def test_rounds_and_the_greedy_algorithm_agree() -> None:
  for run in RUNS:
    adjacent, chosen = run.inputs["adj"], run.outputs["chosen"]
    np.testing.assert_array_equal(
      chosen, _greedy(adjacent, run.inputs["priority"])
    )
    # Independent, and maximal.
    assert not (adjacent * np.outer(chosen, chosen)).any()
    assert (chosen + adjacent @ chosen > 0).all()


def test_hints_lead_from_all_nodes_to_the_answer() -> None:
  for run in RUNS:
    left, chosen = run.hints["left_h"], run.hints["chosen_h"]
    assert left[0].all()
    assert not chosen[0].any()
    assert not left[-1].any()
    np.testing.assert_array_equal(chosen[-1], run.outputs["chosen"])
    assert not (left * chosen).any()
    assert (np.diff(left.sum(1)) < 0).all()


def test_rounds_are_few_but_not_all_the_same() -> None:
  assert {len(run.hints["left_h"]) for run in RUNS} >= {2, 3, 4}
