"""What harness.imagenet found."""

from harness.reporting.document import Block, Cell, Column, Section, Table, Text
from harness.reporting.names import Names
from harness.reporting.runs.validation_run import ValidationRun
from harness.reporting.sections.clrs30 import named
from harness.reporting.statistics import Estimate


def section(run: ValidationRun, names: Names, prefix: str) -> Section:
  """One run of harness.imagenet.

  Args:
    run: it.
    names: of activations.
    prefix: makes the names of tables unique on the page.
  """
  settings = run.run.settings
  blocks: list[Block] = []
  if not run.run.is_finished:
    blocks.append(
      Text(f"Unfinished: {len(run.records)} trainings have a record so far.")
    )
  blocks.append(_table(run, names, prefix))
  diverged = [r for r in named(run, names) if r["top1"] is None]
  if diverged:
    listed = ", ".join(f"{r['activation']}, seed {r['seed']}" for r in diverged)
    blocks.append(Text(f"Diverged: {listed}."))
  title = f"Images: {settings['dataset']}"
  if run.run.label != settings["dataset"]:
    title += f", {run.run.label}"
  return Section(title, blocks)


def _table(run: ValidationRun, names: Names, prefix: str) -> Table:
  top1, top5 = _means(run, names, "top1"), _means(run, names, "top5")
  settings = run.run.settings
  rows: list[list[Cell]] = [
    [name, top1[name], top5[name], _num_seeds(run, names, name)]
    for name in sorted(top1, key=lambda name: -top1[name].value)
  ]
  reference = _logistic_regression(str(settings["dataset"]))
  if reference is not None:
    rows.append(["logistic regression on pixels", Estimate(reference), None, 1])
  return Table(
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


def _means(run: ValidationRun, names: Names, which: str) -> dict[str, Estimate]:
  # Imported here: these models are needed for these runs only.
  from tasks.imagenet import results

  found = {}
  for name, mean in results.means(named(run, names), which).items():
    half = mean.half_width
    low, high = (
      (None, None) if half is None else (mean.value - half, mean.value + half)
    )
    found[name] = Estimate(
      100 * mean.value, low and 100 * low, high and 100 * high
    )
  return found


def _num_seeds(run: ValidationRun, names: Names, name: str) -> int:
  records = named(run, names)
  return sum(r["activation"] == name and r["top1"] is not None for r in records)


def _logistic_regression(dataset: str) -> float | None:
  """Test accuracy in %; None where that would take long."""
  from tasks.imagenet import logistic
  from tasks.imagenet.data import datasets

  found = logistic.accuracy(datasets.by_name(dataset))
  return None if found is None else 100 * found


def downstream(
  run: ValidationRun, names: Names
) -> dict[str, dict[str, Estimate]]:
  """Scores to relate to the lab's, by what they are and by activation, in %."""
  dataset = run.run.settings["dataset"]
  return {f"{dataset} top-1": _means(run, names, "top1")}
