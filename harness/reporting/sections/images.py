"""The results of harness.imagenet."""

from collections.abc import Sequence

from harness.core.evidence import Estimate
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Section,
  Text,
)
from harness.reporting.runs.validation_run import ValidationRun
from harness.reporting.sections import learned, seed_means


def section(
  run: ValidationRun, others: Sequence[ValidationRun], prefix: str
) -> Section:
  """A section on the runs of harness.imagenet by one protocol.

  Args:
    run: finished or not.
    others: of other protocols or data sets.
    prefix: makes the names of tables unique on the page.
  """
  dataset, label = run.settings["dataset"], run.label
  blocks: list[Block] = [*map(Text, run.remarks), _table(run, prefix)]
  blocks += learned.tables(run.learned, prefix)
  blocks += seed_means.diverged(run, "top1")
  if differing := _differences_from_recipe(run):
    listed = ", ".join(differing)
    blocks.append(Text(f"Differs from the recipe of {dataset}: {listed}."))
  same = [other for other in others if other.settings["dataset"] == dataset]
  blocks += map(Text, run.apart_from(same))
  title = f"Images: {dataset}"
  return Section(title if label == dataset else f"{title}, {label}", blocks)


def by_benchmark(run: ValidationRun) -> dict[str, dict[str, dict[int, float]]]:
  """Accuracy in %, by benchmark, activation and seed."""
  name = f"{run.settings['dataset']} top-1"
  return {name: seed_means.by_seed(run, "top1")}


def _table(run: ValidationRun, prefix: str) -> DataTable:
  settings = run.settings
  top1, top5 = (seed_means.means(run, field) for field in ("top1", "top5"))
  num_seeds = seed_means.num_seeds(run, "top1")
  rows: list[list[Cell]] = [
    [name, top1[name], top5[name], num_seeds[name]]
    for name in sorted(top1, key=lambda name: -top1[name].value)
  ]
  reference = _logistic_regression(str(settings["dataset"]))
  if reference is not None:
    rows.append(["logistic regression on pixels", Estimate(reference), None, 1])
  return DataTable(
    f"{prefix}_accuracy",
    f"Accuracy of {settings['model']} on the whole test split of "
    f"{settings['dataset']} after {settings['epochs']} epochs, with Student's "
    "t intervals over seeds.",
    (
      Column("activation"),
      Column("top-1, % (95% CI)", 2),
      Column("top-5, % (95% CI)", 2),
      Column("seeds"),
    ),
    rows,
  )


def _differences_from_recipe(run: ValidationRun) -> list[str]:
  from tasks.imagenet.data.datasets import by_name
  from tasks.imagenet.recipes import Recipe
  from tasks.imagenet.results import departures

  dataset = by_name(run.settings["dataset"])
  size = run.settings.get("image_size", dataset.image_shape[0])
  return departures(dataset, Recipe.of(run.settings), size)


def _logistic_regression(dataset: str) -> float | None:
  """Test accuracy in %; None where that would take long."""
  # Imported here: scikit-learn is needed for these runs only.
  from tasks.imagenet import logistic
  from tasks.imagenet.data import datasets

  found = logistic.accuracy(datasets.by_name(dataset))
  return None if found is None else 100 * found
