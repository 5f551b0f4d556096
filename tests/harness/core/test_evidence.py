"""Estimates and tests over tasks and seeds, against closed forms and SciPy."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.core import evidence
from harness.core.evidence import SCORES, Difference, Estimate, TaskScores

RNG = np.random.default_rng(0)


def _drawn(values: object, families: str) -> TaskScores:
  return TaskScores(np.array(values, np.float64), tuple(families))


def test_scores_are_arrays_with_tasks_by_name() -> None:
  by_seed = {"b": (0.1, 0.2), "a": (0.3, 0.4)}
  found = TaskScores.of(by_seed, {"a": "first", "b": "second"})
  assert found.values.tolist() == [[0.3, 0.1], [0.4, 0.2]]
  assert found.families == ("first", "second")
  assert not TaskScores.of(by_seed, {}).is_drawn


def test_fixed_tasks_have_students_interval_over_seeds() -> None:
  found = evidence.mean(TaskScores(np.array([[0.3], [0.4], [0.5]])))
  half = 4.302652729911275 * 0.1 / math.sqrt(3)  # t with 2 degrees of freedom
  assert found == pytest.approx((0.4, 0.4 - half, 0.4 + half))
  two = TaskScores(np.array([[0.0, 0.5], [0.5, 1.0]]))
  assert evidence.mean(two) == Estimate(0.5)
  assert evidence.difference(two, two).p_value is None


def test_an_interval_is_cut_at_its_bounds() -> None:
  samples = TaskScores(np.array([[0.97], [0.98], [0.99]]))
  half = stats.t.ppf(0.975, 2) * 0.01 / math.sqrt(3)
  assert evidence.mean(samples, bounds=SCORES) == pytest.approx(
    (0.98, 0.98 - half, 1.0)
  )


def test_one_family_is_the_t_interval_over_its_tasks() -> None:
  values = RNG.random((3, 20))
  by_task = values.mean(axis=0)
  expected = stats.t.interval(0.95, 19, by_task.mean(), stats.sem(by_task))
  found = evidence.mean(_drawn(values, "a" * 20))
  assert (found.low, found.high) == pytest.approx(expected)


def test_two_equal_families_are_welchs_interval() -> None:
  """The mean of two means has half the error of their difference."""
  a, b = RNG.random(10), 3 * RNG.random(10)
  found = evidence.mean(_drawn([np.concatenate([a, b])], "a" * 10 + "b" * 10))
  welch = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
  assert found.high is not None and found.low is not None
  assert found.high - found.low == pytest.approx((welch.high - welch.low) / 2)


def test_the_spread_between_families_does_not_count() -> None:
  values = [[0.1, 0.1, 0.1, 0.9, 0.9, 0.9]]
  assert evidence.mean(_drawn(values, "aaabbb")) == (0.5, 0.5, 0.5)
  low = evidence.mean(_drawn(values, "a" * 6)).low
  assert low is not None and low < 0.1


def test_families_of_one_task_join_the_smallest() -> None:
  values = [[0.1, 0.5, 0.2, 0.4, 0.7, 0.6, 0.9]]
  found = evidence.mean(_drawn(values, "abccddd"))
  assert found == pytest.approx(evidence.mean(_drawn(values, "aaccddd")))
  joined = evidence.mean(_drawn(values, "acccddd"))
  assert joined == pytest.approx(evidence.mean(_drawn(values, "ccccddd")))
  assert evidence.mean(_drawn([[0.5]], "a")) == Estimate(0.5)


def test_differences_over_tasks_are_the_paired_t_test() -> None:
  ours, theirs = RNG.random((1, 12)), RNG.random((1, 12))
  found = evidence.difference(
    _drawn(ours, "a" * 12), _drawn(theirs, "a" * 12), 0.9
  )
  expected = stats.ttest_rel(ours[0], theirs[0])
  interval = expected.confidence_interval(0.9)
  assert found.p_value == pytest.approx(expected.pvalue)
  assert found.estimate == pytest.approx(
    ((ours - theirs).mean(), interval.low, interval.high)
  )


def test_differences_over_seeds_are_the_paired_t_test() -> None:
  ours, theirs = RNG.random((6, 4)), RNG.random((6, 4))
  found = evidence.difference(TaskScores(ours), TaskScores(theirs))
  expected = stats.ttest_rel(ours.mean(axis=1), theirs.mean(axis=1))
  interval = expected.confidence_interval()
  assert found.p_value == pytest.approx(expected.pvalue)
  assert found.estimate == pytest.approx(
    ((ours - theirs).mean(), interval.low, interval.high)
  )


@pytest.mark.parametrize("families", ["", "aabb"])
def test_common_seeds_and_tasks_cancel(families: str) -> None:
  """Effects of seeds and tasks that both share cancel in the difference."""
  theirs = RNG.integers(0, 8, (5, 4)) / 8  # Exact in binary.
  found = evidence.difference(
    _drawn(theirs + 0.25, families), _drawn(theirs, families)
  )
  assert found == Difference(Estimate(0.25, 0.25, 0.25), 0.0)
  same = evidence.difference(_drawn(theirs, families), _drawn(theirs, families))
  assert same == Difference(Estimate(0.0, 0.0, 0.0), 1.0)


def test_other_tasks_do_not_pair() -> None:
  ours = TaskScores(np.zeros((3, 4)))
  for theirs in (
    TaskScores(np.zeros((3, 5))),
    _drawn(np.zeros((3, 4)), "aabb"),
  ):
    with pytest.raises(ValueError, match="don't pair"):
      evidence.difference(ours, theirs)
