"""The table of a run, and the caveats below it."""

import dataclasses
from typing import Any

import pytest

from tasks.imagenet import logistic, results
from tasks.imagenet.data import datasets
from tasks.imagenet.recipes import RECIPES, Recipe

CIFAR10 = datasets.by_name("cifar10")
PRESET = RECIPES["cifar10"]


def _record(
  activation: str, seed: int, top1: float | None, step: int | None = None
) -> dict[str, Any]:
  return {
    "activation": activation,
    "seed": seed,
    "status": "OK" if top1 is not None else "DIVERGED",
    "top1": top1,
    "top5": None if top1 is None else 0.99,
    "diverged_step": step,
  }


RECORDS = [
  _record("relu", 0, 0.90),
  _record("relu", 1, 0.92),
  _record("relu", 2, None, 391),
  _record("runs/gelusine.py", 0, 0.95),
  _record("runs/gelusine.py", 1, 0.96),
  _record("runs/gelusine.py", 2, 0.94),
  _record("pole", 0, None, 50),
  _record("sin", 0, 0.5),
]


def _printed(
  capsys: pytest.CaptureFixture[str],
  records: results.Records = RECORDS,
  recipe: Recipe = PRESET,
  image_size: int = 32,
) -> list[str]:
  results.print_results(records, CIFAR10, recipe, image_size)
  return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_another_size_of_images_is_a_caveat(
  capsys: pytest.CaptureFixture[str],
) -> None:
  lines = _printed(capsys, image_size=64)
  assert (
    "differs from the recipe of cifar10: image size 64 instead of 32" in lines
  )


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
  assert _printed(capsys) == [
    "cifar10, resnet18_cifar, 200 epochs; test accuracy in %, mean over seeds; "
    "± is",
    "  the half-width of the 95% confidence interval over seeds (Student's t); "
    "an",
    "  interval cut at 0 or 100 is given as mean +a -b",
    "activation         top-1         top-5  seeds",
    "gelusine    95.00 ± 2.48  99.00 ± 0.00      3",
    "relu               91.00         99.00      2",
    "sin                50.00         99.00      1",
    "relu, seed 2: DIVERGED at step 391",
    "pole, seed 0: DIVERGED at step 50",
    "highest: gelusine 95.00 ± 2.48% top-1; no difference shown from relu, sin",
  ]


def test_two_seeds_are_too_few(capsys: pytest.CaptureFixture[str]) -> None:
  out = _printed(capsys, RECORDS[:2] + RECORDS[3:5])
  assert out[-2:] == [
    "2 seeds are too few to tell a difference from chance: intervals need 3 or "
    "more",
    "highest: gelusine 95.50% top-1; no difference shown from relu",
  ]


def test_diverged_trainings_are_listed(
  capsys: pytest.CaptureFixture[str],
) -> None:
  out = _printed(capsys)
  assert "relu, seed 2: DIVERGED at step 391" in out
  assert "pole, seed 0: DIVERGED at step 50" in out
  assert not any("differs from the recipe" in line for line in out)


def test_a_run_of_which_every_training_diverged(
  capsys: pytest.CaptureFixture[str],
) -> None:
  out = _printed(capsys, [_record("pole", 0, None, 50)])
  assert out[-1] == "every training diverged"


def test_differences_from_the_recipe_are_listed(
  capsys: pytest.CaptureFixture[str],
) -> None:
  recipe = dataclasses.replace(PRESET, epochs=30, batch_size=512, bfloat16=True)
  assert (
    "differs from the recipe of cifar10: epochs 30 instead of 200, batch size "
    "512 instead of 128, bfloat16 True instead of False"
  ) in " ".join(line.strip() for line in _printed(capsys, recipe=recipe))


def test_logistic_regression_on_digits() -> None:
  found = logistic.accuracy(datasets.by_name("digits"))
  assert found == pytest.approx(0.911, abs=0.01)


def test_no_logistic_regression_on_large_data_sets() -> None:
  assert logistic.accuracy(CIFAR10) is None
  assert logistic.accuracy(datasets.by_name("imagenet2012")) is None
