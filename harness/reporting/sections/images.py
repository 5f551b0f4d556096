"""The results of harness.imagenet."""

from collections import Counter, defaultdict

from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Section,
  Text,
)
from harness.reporting.runs.validation_run import ValidationRun
from harness.reporting.statistics import Estimate


def section(run: ValidationRun, prefix: str) -> Section:
  """A section on one run of harness.imagenet.

  Args:
    run: finished or not.
    prefix: makes the names of tables unique on the page.
  """
  dataset, label = run.directory.settings["dataset"], run.directory.label
  blocks: list[Block] = []
  if not run.directory.is_finished:
    blocks.append(
      Text(f"Unfinished: {len(run.scores)} trainings have a record so far.")
    )
  blocks.append(_table(run, prefix))
  diverged = [s for s in run.scores if s["top1"] is None]
  if diverged:
    listed = ", ".join(f"{s['activation']}, seed {s['seed']}" for s in diverged)
    blocks.append(Text(f"Diverged: {listed}."))
  title = f"Images: {dataset}"
  return Section(title if label == dataset else f"{title}, {label}", blocks)


def by_benchmark(run: ValidationRun) -> dict[str, dict[str, Estimate]]:
  """Mean accuracy in %, by benchmark and activation."""
  dataset = run.directory.settings["dataset"]
  return {f"{dataset} top-1": _means(run, "top1")}


def _table(run: ValidationRun, prefix: str) -> DataTable:
  settings = run.directory.settings
  top1, top5 = _means(run, "top1"), _means(run, "top5")
  num_seeds = Counter(
    score["activation"] for score in run.scores if score["top1"] is not None
  )
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


def _means(run: ValidationRun, field: str) -> dict[str, Estimate]:
  """Accuracy in % over the trainings that did not diverge, by activation."""
  found = defaultdict(list)
  for score in run.scores:
    if score[field] is not None:
      found[score["activation"]].append(score[field])
  return {n: _percent(statistics.mean_score(s)) for n, s in found.items()}


def _percent(share: Estimate) -> Estimate:
  value, low, high = share
  return Estimate(100 * value, low and 100 * low, high and 100 * high)


def _logistic_regression(dataset: str) -> float | None:
  """Test accuracy in %; None where that would take long."""
  # Imported here: scikit-learn is needed for these runs only.
  from tasks.imagenet import logistic
  from tasks.imagenet.data import datasets

  found = logistic.accuracy(datasets.by_name(dataset))
  return None if found is None else 100 * found
