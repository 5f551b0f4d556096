"""The table of a run on images, and the caveats below it."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import console
from harness.core.intervals import PERCENT_LEGEND, leader, means, too_few
from harness.core.naming import short_names
from harness.core.printed_table import print_table
from harness.core.trainings.wording import differences, divergences
from tasks.imagenet import logistic
from tasks.imagenet.data.datasets import Dataset, by_name
from tasks.imagenet.recipes import RECIPES, Recipe

Records = Sequence[Mapping[str, Any]]


def print_run(records: Records, settings: Mapping[str, Any]) -> None:
  """Prints the results of a run by the settings in its run.json."""
  print_results(
    records,
    by_name(settings["dataset"]),
    Recipe.of(settings),
    settings["image_size"],
  )


def print_results(
  records: Records, dataset: Dataset, recipe: Recipe, image_size: int
) -> None:
  """Prints accuracies, the best first, and differences from the recipe."""
  short = short_names(record["activation"] for record in records)
  named = [{**r, "activation": short[r["activation"]]} for r in records]
  top1, top5 = means(named, "top1"), means(named, "top5")
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
  for line in _caveats(named, dataset, recipe, image_size):
    console.say_prose(line)
  if top1:
    shown = {name: f"{mean.percent}% top-1" for name, mean in top1.items()}
    console.say(leader(top1, shown))
  else:
    console.say("every training diverged")


def departures(dataset: Dataset, recipe: Recipe, image_size: int) -> list[str]:
  """Differences from the recipe of a data set."""
  found = differences(recipe, RECIPES[dataset.name])
  if image_size != (usual := dataset.image_shape[0]):
    found.append(f"image size {image_size} instead of {usual}")
  return found


def _caveats(
  records: Records, dataset: Dataset, recipe: Recipe, image_size: int
) -> list[str]:
  lines = too_few(len({record["seed"] for record in records}))
  if different := ", ".join(departures(dataset, recipe, image_size)):
    lines.append(f"differs from the recipe of {dataset.name}: {different}")
  return lines + divergences(records)
