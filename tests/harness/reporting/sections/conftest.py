"""Cheap bootstraps, and one run of each command that is no search."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from harness.reporting import statistics
from harness.reporting.runs.reading import Runs
from tasks.imagenet.recipes import RECIPES
from tests.harness.reporting.directories import (
  CLRS_SETTINGS,
  LAB_SETTINGS,
  clrs_record,
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
IMAGE_SETTINGS = {
  "dataset": "digits",
  **dataclasses.asdict(RECIPES["digits"]),
  "momentum": 0.5,
}


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
      clrs_record("bfs", "relu", 0, 0.75),
      clrs_record("bfs", "relu", 1, 0.25),
      clrs_record("bfs", "gelu", 0, 1.0, diverged_step=3),
      clrs_record("minimum", "relu", 0, 0.5),
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


def _image_record(activation: str, seed: int, top1: float | None) -> Any:
  return {
    "dataset": "digits",
    "activation": activation,
    "seed": seed,
    "status": "OK" if top1 else "DIVERGED",
    "top1": top1,
    "top5": top1 and 1.0,
  }
