"""Sentences on rank correlations."""

import numpy as np
import pytest

from harness.core.evidence import Estimate
from harness.reporting.sections import transfer_words
from harness.reporting.sections.transfer_measures import Measure, Relation


def _relation(
  benchmark: str,
  correlation: Estimate | None,
  ceiling: float | None = None,
  *,
  in_mean: bool = False,
) -> Relation:
  parts = {f"f{i}": np.array([float(i)]) for i in range(6)}
  measure = Measure(benchmark, parts, ("",), ("",), in_mean=in_mean)
  tasks = Measure("lab", parts, ("",), ("",))
  return Relation(
    measure, tasks, tuple(parts), correlation, 0.0028, ceiling, 0.81
  )


def test_algorithms_share_a_sentence() -> None:
  algorithms = {
    "bfs": Estimate(0.5, 0.1, 0.9),
    "dfs": Estimate(0.5, -0.1, 0.9),
    "minimum": Estimate(-0.5, -0.9, -0.1),
    "dijkstra": Estimate(1.0),  # In perfect order.
  }
  relations = [
    *(
      _relation(f"CLRS-30 {name}", found, in_mean=True)
      for name, found in algorithms.items()
    ),
    _relation("CLRS-30 mean", Estimate(0.2, -0.3, 0.6)),
    _relation("digits top-1", Estimate(0.9, 0.8, 1.0)),
    _relation("cifar10 top-1", None),
  ]
  mean, digits, others = transfer_words.sentences(relations)
  assert mean.startswith("CLRS-30 mean: Spearman's rho with the lab is +0.20")
  assert digits.startswith("digits top-1: ")
  assert others == (
    "4 algorithms of CLRS-30, each at 95% without adjustment for their number: "
    "activations better on the lab tend to be better on bfs, dijkstra, and "
    "worse on minimum."
  )


@pytest.mark.parametrize(
  ("low", "high", "words"),
  [
    (0.1, 0.9, "tend to be better"),
    (-0.9, -0.1, "tend to be worse"),
    (-0.1, 0.9, "told from no relation; with 6 activations that takes 0.81."),
  ],
)
def test_a_correlation_in_words(low: float, high: float, words: str) -> None:
  correlation = Estimate((low + high) / 2, low, high)
  text = transfer_words.sentence(_relation("bfs", correlation))
  assert words in text
  assert "at best" not in text
  nothing = transfer_words.sentence(_relation("bfs", correlation, 0.0))
  assert "unadjusted; 0.00 at best)" in nothing
  at_best = transfer_words.sentence(_relation("bfs", correlation, 0.7))
  assert f"to {high:+.2f}, unadjusted; 0.70 at best)" in at_best


def test_a_perfect_order_has_its_p_value() -> None:
  assert transfer_words.sentence(_relation("bfs", Estimate(1.0))) == (
    "bfs: Spearman's rho with the lab is +1.00, over 6 activations "
    "(p = 0.0028, unadjusted)."
  )
