"""The table of a run."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from harness.core import console
from tasks.imagenet import logistic
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.recipes import RECIPES, Recipe

Records = Sequence[Mapping[str, Any]]


class Mean(NamedTuple):
  """Of top-1 over seeds.

  Attributes:
    value: in [0, 1].
    half_width: of its 95% confidence interval, by Student's t; None for a
      single seed.
    num_seeds: that have one.
  """

  value: float
  half_width: float | None
  num_seeds: int


def means(records: Records, which: str = "top1") -> dict[str, Mean]:
  """Means by activation; one without a score is missing."""
  found: dict[str, list[float]] = {}
  for record in records:
    if record[which] is not None:
      found.setdefault(record["activation"], []).append(record[which])
  return {name: _mean(values) for name, values in found.items()}


def print_results(records: Records, dataset: Dataset, recipe: Recipe) -> None:
  """Prints accuracies, the best first, and what differs from the recipe."""
  top1, top5 = means(records), means(records, "top5")
  ranked = sorted(top1, key=lambda name: -top1[name].value)
  rows = [
    (name, _shown(top1[name]), _shown(top5[name]), str(top1[name].num_seeds))
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
    console.say(f"best: {best} {_shown(top1[best])}% top-1")
  else:
    console.say("every training diverged")


def _mean(values: Sequence[float]) -> Mean:
  count = len(values)
  if count == 1:
    return Mean(values[0], None, 1)
  error = np.std(values, ddof=1) / np.sqrt(count)
  half_width = stats.t.ppf(0.975, count - 1) * error
  return Mean(float(np.mean(values)), float(half_width), count)


def _shown(mean: Mean) -> str:
  text = f"{100 * mean.value:.2f}"
  if mean.half_width is None:
    return text
  return f"{text} ± {100 * mean.half_width:.2f}"


def _caveats(records: Records, dataset: Dataset, recipe: Recipe) -> list[str]:
  preset = RECIPES[dataset.name]
  lines = ["± is half of a 95% confidence interval over seeds (Student's t)"]
  if recipe != preset:
    different = _differences(recipe, preset)
    lines.append(f"differs from the recipe of {dataset.name}: {different}")
  for record in records:
    if record["top1"] is None:
      lines.append(
        f"{record['activation']}, seed {record['seed']}: {record['status']} at "
        f"step {record['diverged_step']}"
      )
  return lines


def _differences(recipe: Recipe, preset: Recipe) -> str:
  return ", ".join(
    f"{name.replace('_', ' ')} {value} instead of {getattr(preset, name)}"
    for name, value in vars(recipe).items()
    if value != getattr(preset, name)
  )
