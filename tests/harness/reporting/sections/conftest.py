"""Cheap bootstraps, and one run of each command that is no search."""

from collections.abc import Iterator
from typing import Any

import pytest

from harness.reporting import statistics
from harness.reporting.runs.reading import Runs
from tasks.clrs30.protocol import SMOKE
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  read,
  write_scores,
)

VALUES = {
  "relu": 0.5, "gelu": 0.625, "elu": 0.4, "tanh": 0.3, "sin": 0.2, "mish": 0.6
}  # fmt: skip
# Lowest first, as in VALUES but for the first two.
TOP1 = {
  "sin": 0.91, "tanh": 0.9, "elu": 0.93, "relu": 0.94, "mish": 0.95,
  "gelu": 0.96,
}  # fmt: skip
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


@pytest.fixture(scope="package", autouse=True)
def _few_resamples() -> Iterator[None]:
  """Sections only pass intervals on; test_statistics has the real number."""
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(statistics, "RESAMPLES", 50)
    yield


@pytest.fixture(scope="package")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
  """A lab, an unfinished CLRS-30 and a digits run of named activations."""
  folder = tmp_path_factory.mktemp("runs")
  write_scores(
    folder / "lab",
    "score",
    [lab_record(name, value) for name, value in VALUES.items()],
    **LAB_SETTINGS,
  )
  write_scores(
    folder / "clrs",
    "clrs30",
    [
      _clrs_record("bfs", "relu", 0, 0.75),
      _clrs_record("bfs", "relu", 1, 0.25),
      _clrs_record("bfs", "gelu", 0, 1.0, diverged_step=3),
      _clrs_record("minimum", "relu", 0, 0.5),
    ],
    finished=False,
    **CLRS_SETTINGS,
  )
  write_scores(
    folder / "digits",
    "imagenet",
    [
      _image_record(name, seed, value + 0.01 * seed)
      for name, value in TOP1.items()
      for seed in (-1, 0, 1)
    ]
    + [_image_record("selu", 0, None)],
    **IMAGE_SETTINGS,
  )
  return read(*(folder / name for name in ("lab", "clrs", "digits")))


def _clrs_record(
  algorithm: str,
  activation: str,
  seed: int,
  score: float,
  diverged_step: int | None = None,
) -> dict[str, Any]:
  return {
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": score,
    "val_score": score,
    "diverged_step": diverged_step,
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
