"""Verdicts of paired tests."""

import numpy as np

from harness.core.comparisons import NO_DIFFERENCE
from harness.core.evidence import TaskScores
from harness.reporting.sections import paired_tests
from harness.reporting.sections.paired_tests import Pair


def _fixed(ours: np.ndarray, theirs: np.ndarray) -> Pair:
  return TaskScores(ours), TaskScores(theirs)


def test_a_single_seed_shows_no_difference() -> None:
  pair = _fixed(np.array([[0.9, 0.9]]), np.array([[0.1, 0.1]]))
  (test,) = paired_tests.run({("a", "tasks"): pair}, 0)
  assert (test.verdict, test.comparison.adjusted) == (NO_DIFFERENCE, None)


def test_intervals_are_adjusted_with_the_verdicts() -> None:
  """A pair is the less sure the more there are beside it."""
  draw = np.random.default_rng(0).normal
  pairs = {
    (str(i), "tasks"): _fixed(draw(0.6, 1, (9, 2)), draw(0, 1, (9, 2)))
    for i in range(5)
  }
  alone = paired_tests.run({("0", "tasks"): pairs["0", "tasks"]}, 0)[0]
  among = paired_tests.run(pairs, 0)[0]
  for ours, theirs in (
    (among.lead, alone.lead),
    (among.improvement, alone.improvement),
  ):
    assert ours.value == theirs.value
    assert ours.low is not None and theirs.low is not None
    assert ours.low < theirs.low
