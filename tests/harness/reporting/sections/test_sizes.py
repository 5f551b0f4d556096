"""Scores by size: panels, means, and what earlier versions lack."""

import itertools
from typing import Any

import pytest

from harness.reporting.document import DataTable, Figure
from harness.reporting.sections import sizes

# In [0, 1], by algorithm, activation and seed; minimum has no gelu.
SCORES = {
  ("bfs", "relu", 0): {"64": 0.9, "128": 0.6},
  ("bfs", "relu", 1): {"64": 0.8, "128": 0.5},
  ("bfs", "gelu", 0): {"64": 1.0, "128": 0.9},
  ("minimum", "relu", 0): {"64": 0.7, "128": 0.1},
}


def _records(scores: Any) -> list[dict[str, Any]]:
  return [
    {
      "algorithm": algorithm,
      "activation": activation,
      "seed": seed,
      "scores_by_length": by_length,
      "examples_by_length": dict.fromkeys(by_length, 32),
    }
    for (algorithm, activation, seed), by_length in scores.items()
  ]


def test_scores_are_drawn_by_algorithm_and_as_their_mean() -> None:
  figure, table = sizes.blocks(_records(SCORES), "c")
  assert isinstance(figure, Figure)
  assert isinstance(table, DataTable)
  drawn = figure.drawing.axes
  assert [axes.get_title() for axes in drawn[:3]] == [
    "mean over algorithms", "bfs", "minimum"
  ]  # fmt: skip
  # Of the mean, relu only: gelu has no minimum.
  (mean,) = (c.lines[0] for c in drawn[0].containers)
  assert list(mean.get_xdata()) == [64, 128]
  assert list(mean.get_ydata()) == pytest.approx([77.5, 32.5])
  assert len(drawn[1].containers) == 2
  assert table.rows[1] == ["bfs", "relu", 128, pytest.approx(55.0), 2]
  assert "of an algorithm: 32 at 64, 32 at 128 nodes. Seeds" in figure.caption


def test_one_size_is_no_picture() -> None:
  at_one = {key: {"64": s["64"]} for key, s in SCORES.items()}
  assert sizes.blocks(_records(at_one), "c") == []
  earlier = [{"algorithm": "bfs", "activation": "relu", "test_score": 0.5}]
  assert sizes.blocks(earlier, "c") == []


def test_of_many_activations_the_best_are_named() -> None:
  scores = {
    ("bfs", f"f{i}", seed): {"64": 0.9, "128": i / 20}
    for i, seed in itertools.product(range(20), range(3))
  }
  figure = sizes.blocks(_records(scores), "c")[0]
  assert isinstance(figure, Figure)
  (legend,) = figure.drawing.legends
  names = [text.get_text() for text in legend.get_texts()]
  assert names == [f"f{i}" for i in range(13, 20)]
  assert len(figure.drawing.axes[0].lines) >= 20
