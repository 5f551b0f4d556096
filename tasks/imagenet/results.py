"""The table of a run on images, and the caveats below it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from harness.core import console
from harness.core.fitness import mean_ci95
from harness.core.trainings.wording import differences, with_spread
from tasks.imagenet import logistic
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.recipes import RECIPES, Recipe

Records = Sequence[Mapping[str, Any]]


class Mean(NamedTuple):
  """A mean over seeds.

  Attributes:
    value: in [0, 1].
    half_width: of its 95% confidence interval (Student's t); None for a single
      seed.
    num_seeds: seeds that have a score.
  """

  value: float
  half_width: float | None
  num_seeds: int


def means(records: Records, which: str = "top1") -> dict[str, Mean]:
  """Means by activation; an activation without a score is missing.

  Args:
    records: lines of scores.jsonl.
    which: the score, "top1" or "top5".
  """
  found: dict[str, list[float]] = {}
  for record in records:
    if record[which] is not None:
      found.setdefault(record["activation"], []).append(record[which])
  return {name: _mean(values) for name, values in found.items()}


def print_results(records: Records, dataset: Dataset, recipe: Recipe) -> None:
  """Prints accuracies, the best first, and differences from the recipe."""
  top1, top5 = means(records), means(records, "top5")
  ranked = sorted(top1, key=lambda name: -top1[name].value)
  rows = [
    (
      name,
      _percent(top1[name]),
      _percent(top5[name]),
      str(top1[name].num_seeds),
    )
    for name in ranked
  ]
  reference = logistic.accuracy(dataset)
  if reference is not None:
    rows.append(("logistic regression", f"{100 * reference:.2f}", "", ""))
  console.print_table(
    f"{dataset.name}, {recipe.model}, {recipe.epochs} epochs; test accuracy, %",
    ("activation", "top-1", "top-5", "seeds"),
    rows,
  )
  for line in _caveats(records, dataset, recipe):
    console.say(line)
  if ranked:
    best = ranked[0]
    console.say(f"best: {best} {_percent(top1[best])}% top-1")
  else:
    console.say("every training diverged")


def _mean(values: Sequence[float]) -> Mean:
  interval = mean_ci95(values)
  half_width = (interval[1] - interval[0]) / 2 if interval else None
  return Mean(float(np.mean(values)), half_width, len(values))


def _percent(mean: Mean) -> str:
  half_width = mean.half_width
  return with_spread(100 * mean.value, half_width and 100 * half_width)


def _caveats(records: Records, dataset: Dataset, recipe: Recipe) -> list[str]:
  preset = RECIPES[dataset.name]
  lines = ["± is half of a 95% confidence interval over seeds (Student's t)"]
  if different := ", ".join(differences(recipe, preset)):
    lines.append(f"differs from the recipe of {dataset.name}: {different}")
  for record in records:
    if record["top1"] is None:
      lines.append(
        f"{record['activation']}, seed {record['seed']}: {record['status']} at "
        f"step {record['diverged_step']}"
      )
  return lines
