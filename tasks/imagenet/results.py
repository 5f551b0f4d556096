"""The table of a run on images, and the caveats below it."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import console
from harness.core.intervals import PERCENT_LEGEND, Mean, leader, too_few
from harness.core.naming import short_names
from harness.core.printed_table import print_table
from harness.core.trainings.wording import differences
from tasks.imagenet import logistic
from tasks.imagenet.data.datasets import Dataset, by_name
from tasks.imagenet.recipes import RECIPES, Recipe

Records = Sequence[Mapping[str, Any]]


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
  return {name: Mean.of(values) for name, values in found.items()}


def print_run(records: Records, settings: Mapping[str, Any]) -> None:
  """Prints the results of a run by the settings in its run.json."""
  print_results(records, by_name(settings["dataset"]), Recipe.of(settings))


def print_results(records: Records, dataset: Dataset, recipe: Recipe) -> None:
  """Prints accuracies, the best first, and differences from the recipe."""
  short = short_names(record["activation"] for record in records)
  named = [{**r, "activation": short[r["activation"]]} for r in records]
  top1, top5 = means(named), means(named, "top5")
  rows = [
    (name, top1[name].percent, top5[name].percent, str(top1[name].num_seeds))
    for name in sorted(top1, key=lambda name: -top1[name].value)
  ]
  reference = logistic.accuracy(dataset)
  if reference is not None:
    rows.append(("logistic regression", f"{100 * reference:.2f}", "", ""))
  epochs = "1 epoch" if recipe.epochs == 1 else f"{recipe.epochs} epochs"
  print_table(
    f"{dataset.name}, {recipe.model}, {epochs}; test accuracy in %, mean over "
    f"seeds; {PERCENT_LEGEND}",
    ("activation", "top-1", "top-5", "seeds"),
    rows,
  )
  for line in _caveats(named, dataset, recipe):
    console.say_prose(line)
  if top1:
    shown = {name: f"{mean.percent}% top-1" for name, mean in top1.items()}
    console.say(leader(top1, shown))
  else:
    console.say("every training diverged")


def _caveats(records: Records, dataset: Dataset, recipe: Recipe) -> list[str]:
  lines = too_few(len({record["seed"] for record in records}))
  if different := ", ".join(differences(recipe, RECIPES[dataset.name])):
    lines.append(f"differs from the recipe of {dataset.name}: {different}")
  for record in records:
    if record["top1"] is None:
      lines.append(
        f"{record['activation']}, seed {record['seed']}: {record['status']} at "
        f"step {record['diverged_step']}"
      )
  return lines
