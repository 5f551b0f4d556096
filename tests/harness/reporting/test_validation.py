"""What the page says of the lab, of benchmarks, and of what relates them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.reporting.document import Figure, Section, Table, Text
from harness.reporting.names import Names
from harness.reporting.runs.reading import Runs, read_all
from harness.reporting.sections import clrs30, images, lab, transfer
from tasks.clrs30.protocol import SMOKE
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  write_scores,
)

NAMES = Names(())
VALUES = {
  "relu": 0.5, "gelu": 0.625, "elu": 0.4, "tanh": 0.3, "sin": 0.2, "mish": 0.6
}  # fmt: skip
# Lowest first, as in VALUES but for the first two.
TOP1 = {
  "sin": 0.91, "tanh": 0.9, "elu": 0.93, "relu": 0.94, "mish": 0.95,
  "gelu": 0.96,
}  # fmt: skip


def _clrs_record(
  algorithm: str, activation: str, seed: int, score: float | None
) -> dict[str, Any]:
  return {
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": score,
    "val_score": score,
    "diverged_step": None if score is not None else 3,
  }


def _image_record(activation: str, seed: int, top1: float | None) -> Any:
  return {
    "dataset": "digits",
    "activation": activation,
    "seed": seed,
    "status": "OK" if top1 else "DIVERGED",
    "top1": top1,
    "top5": top1 and 1.0,
  }


CLRS_SETTINGS = {
  "train_lengths": list(SMOKE.train_lengths),
  "batch_size": SMOKE.batch_size,
  "train_steps": SMOKE.train_steps,
  "eval_every": SMOKE.eval_every,
  "hidden_size": SMOKE.hidden_size,
  "learning_rate": SMOKE.learning_rate,
  "max_gradient_norm": SMOKE.max_gradient_norm,
  "sample_multiplier": SMOKE.sample_multiplier,
  "processor": "triplet_gmpnn",
  "sites": "all",
}
IMAGE_SETTINGS = {"dataset": "digits", "model": "vgg_small", "epochs": 60}


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
  write_scores(
    tmp_path / "lab",
    "score",
    [lab_record(name, value) for name, value in VALUES.items()],
    **LAB_SETTINGS,
  )
  write_scores(
    tmp_path / "clrs",
    "clrs30",
    [
      _clrs_record("bfs", "relu", 0, 0.75),
      _clrs_record("bfs", "relu", 1, 0.25),
      _clrs_record("bfs", "gelu", 0, 1.0),
      _clrs_record("minimum", "relu", 0, 0.5),
      _clrs_record("minimum", "gelu", 0, None),
    ],
    finished=False,
    **CLRS_SETTINGS,
  )
  write_scores(
    tmp_path / "digits",
    "imagenet",
    [
      _image_record(name, seed, value + 0.01 * seed)
      for name, value in TOP1.items()
      for seed in (-1, 0, 1)
    ]
    + [_image_record("selu", 0, None)],
    **IMAGE_SETTINGS,
  )
  return read_all([str(tmp_path / name) for name in ("lab", "clrs", "digits")])


def _table(section: Section, end: str) -> Table:
  (table,) = (
    b for b in section.blocks if isinstance(b, Table) and b.name.endswith(end)
  )
  return table


def _texts(section: Section) -> str:
  return "\n".join(b.text for b in section.blocks if isinstance(b, Text))


def test_the_lab_ranks_and_compares_with_relu(runs: Runs) -> None:
  (section,) = lab.sections(runs.labs, NAMES, 0)
  assert section.title == "lab@1, 5 steps x 4 seeds, seed 0"
  rows = _table(section, "scores").rows
  assert [r[0] for r in rows] == ["gelu", "mish", "relu", "elu", "tanh", "sin"]
  by_name = {r[0]: r for r in rows}
  assert by_name["gelu"][3].value == pytest.approx(0.125)  # Minus relu's.
  assert by_name["gelu"][7] == "better" and by_name["sin"][7] == "worse"
  assert by_name["relu"][3] is None
  (figure,) = (b for b in section.blocks if isinstance(b, Figure))
  names = [t.get_text() for t in figure.drawing.axes[0].get_yticklabels()]
  assert names == ["gelu", "mish", "elu", "tanh", "sin"]


def test_runs_at_another_fidelity_are_apart(tmp_path: Path) -> None:
  for steps in (5, 6):
    settings = {**LAB_SETTINGS, "steps": steps}
    record = lab_record("relu", 0.5)
    write_scores(tmp_path / str(steps), "score", [record], **settings)
  found = read_all([str(tmp_path / "5"), str(tmp_path / "6")])
  assert [s.title for s in lab.sections(found.labs, NAMES, 0)] == [
    "lab@1, 5 steps x 4 seeds, seed 0",
    "lab@1, 6 steps x 4 seeds, seed 0",
  ]


def test_clrs_beside_published_values(runs: Runs) -> None:
  section = clrs30.section(runs.clrs30[0], NAMES, "c")
  rows = {tuple(r[:2]): r[2:] for r in _table(section, "scores").rows}
  assert rows["bfs", "relu"][:3] == [
    pytest.approx(50.0),
    pytest.approx(100 * np.std([0.75, 0.25], ddof=1)),
    2,
  ]
  assert rows["bfs", "gelu"][3] == 99.73
  assert ("minimum", "gelu") not in rows
  means = {r[0]: r[1] for r in _table(section, "means").rows}
  assert means == {  # Of bfs alone, which both activations have.
    "published": 99.73,
    "relu": pytest.approx(50.0),
    "gelu": pytest.approx(100.0),
  }
  text = _texts(section)
  assert "Unfinished: 5 trainings have a record so far." in text
  assert "differs from published: train steps 4 instead of 10,000" in text
  assert "diverged: gelu 1 (of 5 trainings)" in text


def test_the_heat_map_has_what_is_known(runs: Runs) -> None:
  section = clrs30.section(runs.clrs30[0], NAMES, "c")
  (figure,) = (b for b in section.blocks if isinstance(b, Figure))
  axes = figure.drawing.axes[0]
  assert [t.get_text() for t in axes.get_yticklabels()] == ["bfs", "minimum"]
  assert [t.get_text() for t in axes.get_xticklabels()] == [
    "published", "relu", "gelu"
  ]  # fmt: skip
  values = axes.images[0].get_array()
  expected = [[99.73, 50.0, 100.0], [97.78, 50.0, np.nan]]
  assert np.asarray(values.filled(np.nan)) == pytest.approx(
    np.array(expected), nan_ok=True
  )


def test_images_with_intervals_and_logistic_regression(runs: Runs) -> None:
  section = images.section(runs.images[0], NAMES, "i")
  rows = {r[0]: r[1:] for r in _table(section, "accuracy").rows}
  assert next(iter(rows)) == "gelu"
  half = 4.302652729911275 * 1.0 / np.sqrt(3)
  assert rows["gelu"][0] == pytest.approx((96.0, 96.0 - half, 96.0 + half))
  assert rows["logistic regression on pixels"][0].value == pytest.approx(
    91.1, abs=1.0
  )
  assert "Diverged: selu, seed 0." in _texts(section)


def test_does_the_lab_predict(runs: Runs) -> None:
  section = transfer.section(runs, NAMES, 0)
  assert section
  rows = {r[0]: r[1:] for r in _table(section, "transfer").rows}
  count, rho = rows["digits top-1"]
  assert count == 6
  assert rho.value == pytest.approx(1 - 6 * 2 / (6 * 35))  # d^2 adds up to 2.
  assert rows["CLRS-30 bfs"] == [2, None]
  assert rows["CLRS-30 mean"] == [2, None]
  assert any("digits top-1: Spearman's rho" in f for f in section.findings)
  assert len(section.findings) == 1  # Two activations say nothing of CLRS-30.
  figures = [b for b in section.blocks if isinstance(b, Figure)]
  assert [len(f.drawing.axes[0].lines[0].get_xdata()) for f in figures] == [6]


def test_too_few_activations_say_nothing(runs: Runs) -> None:
  few = Runs(runs.all, (), runs.labs, runs.clrs30, ())
  section = transfer.section(few, NAMES, 0)
  assert section and "can't be said" in section.findings[0]


def test_without_a_lab_nothing_relates(runs: Runs) -> None:
  alone = Runs(runs.all, (), (), runs.clrs30, runs.images)
  assert transfer.section(alone, NAMES, 0) is None


@pytest.mark.parametrize(
  ("low", "high", "words"),
  [
    (0.1, 0.9, "tends to be better"),
    (-0.9, -0.1, "tends to be worse"),
    (-0.1, 0.9, "no relation can be told from none"),
  ],
)
def test_correlations_in_words(low: float, high: float, words: str) -> None:
  correlation = transfer.Estimate((low + high) / 2, low, high)
  assert words in transfer.sentence("bfs", correlation)
