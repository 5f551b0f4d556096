"""Means in words: intervals inside the range of scores, or none."""

import pytest
from scipy import stats

from harness.core.intervals import Mean, ends, leader, means, too_few


def test_the_interval_of_a_mean_is_that_of_students_t() -> None:
  scores = (0.2, 0.4, 0.3)
  mean = Mean.of(scores)
  expected = stats.t.interval(0.95, 2, loc=0.3, scale=stats.sem(scores))
  assert mean.interval == pytest.approx(expected)
  assert (mean.value, mean.num_seeds) == (pytest.approx(0.3), 3)


@pytest.mark.parametrize(
  ("scores", "words"),
  [
    # The standard error is 0.01 / sqrt(3), and Student's t(2) 4.303.
    ((0.90, 0.91, 0.92), "91.00 ± 2.48"),
    ((0.90, 0.92), "91.00"),  # Two seeds would give ± 12.71.
    ((0.5,), "50.00"),
    ((1.0, 1.0, 1.0), "100.00 ± 0.00"),
    ((0.97, 0.98, 0.99), "98.00 +2.00 -2.48"),
    ((0.0, 0.0, 0.03), "1.00 +4.30 -1.00"),
  ],
)
def test_percent_never_leave_their_range(
  scores: tuple[float, ...], words: str
) -> None:
  assert Mean.of(scores).percent == words


def test_the_ends_of_an_interval() -> None:
  assert ends((0.29149, 1.0)) == "0.291 to 1.000"
  assert ends(None) == "-"


def test_too_few_seeds_get_a_sentence() -> None:
  assert too_few(1) == [
    "1 seed is too few to tell a difference from chance: intervals need 3 or "
    "more"
  ]
  assert too_few(2)[0].startswith("2 seeds are too few ")
  assert too_few(3) == []


def _line(*means: Mean) -> str:
  named = dict(zip(("relu", "gelu", "sin"), means, strict=False))
  return leader(named, {n: f"{m.value:.1f}" for n, m in named.items()})


def test_the_best_is_declared_only_where_no_interval_meets_its_own() -> None:
  low, high = Mean(0.5, (0.4, 0.6), 3), Mean(0.8, (0.7, 0.9), 3)
  assert _line(low, high) == "best: gelu 0.8"
  assert _line(low, high, Mean(0.6, (0.5, 0.7), 3)) == (
    "highest: gelu 0.8; no difference shown from sin"
  )
  assert _line(Mean(0.7, (0.5, 0.9), 3), high, Mean(0.6, None, 2)) == (
    "highest: gelu 0.8; no difference shown from relu, sin"
  )
  means = {str(n): Mean(n / 10, (0.0, 1.0), 3) for n in range(5)}
  assert leader(means, dict.fromkeys(means, "")).endswith("from 4 others")
  # Of the best, two of five diverged.
  assert _line(low._replace(num_seeds=5), high) == (
    "highest: gelu 0.8; no difference shown from relu"
  )
  assert _line(low, Mean(0.8, None, 2)) == (
    "highest: gelu 0.8; no difference shown from relu"
  )


def test_one_activation_is_not_the_best_of_anything() -> None:
  assert _line(Mean(0.5, (0.4, 0.6), 3)) == "relu 0.5"


def test_means_are_over_seeds_with_a_score() -> None:
  scores = {"relu": [0.9, None, 0.92], "gelusine": [0.95, 0.96, 0.94]}
  found = means(
    [
      {"activation": name, "top1": value}
      for name, values in {**scores, "pole": [None]}.items()
      for value in values
    ],
    "top1",
  )
  assert found.keys() == scores.keys()
  assert found["relu"] == (pytest.approx(0.91), None, 2)
  assert found["gelusine"] == Mean.of((0.95, 0.96, 0.94))
