"""The results of harness.molhiv."""

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
from tasks.molhiv.protocol import Protocol
from tasks.molhiv.published import FINGERPRINTS, LEADERBOARD, Published
from tasks.molhiv.results import departures


def section(
  run: ValidationRun, others: Sequence[ValidationRun], prefix: str
) -> Section:
  """A section on the runs of harness.molhiv by one protocol.

  Args:
    run: finished or not.
    others: of other protocols.
    prefix: makes the names of tables unique on the page.
  """
  dataset, label = run.settings["dataset"], run.label
  blocks: list[Block] = [*map(Text, run.remarks), _table(run, prefix)]
  blocks += learned.tables(run.learned, prefix)
  blocks += seed_means.diverged(run, "test_auc")
  if differing := ", ".join(departures(Protocol.of(run.settings))):
    blocks.append(
      Text(f"Differs from the leaderboard's protocol: {differing}.")
    )
  blocks += map(Text, run.apart_from(others))
  title = f"Molecules: {dataset}"
  return Section(title if label == dataset else f"{title}, {label}", blocks)


def by_benchmark(run: ValidationRun) -> dict[str, dict[str, dict[int, float]]]:
  """ROC-AUC in %, by benchmark, activation and seed."""
  name = f"{run.settings['dataset']} ROC-AUC"
  return {name: seed_means.by_seed(run, "test_auc")}


def _table(run: ValidationRun, prefix: str) -> DataTable:
  protocol = Protocol.of(run.settings)
  test, validation = (
    seed_means.means(run, field) for field in ("test_auc", "val_auc")
  )
  num_seeds = seed_means.num_seeds(run, "test_auc")
  rows: list[list[Cell]] = [
    [name, test[name], validation[name], num_seeds[name]]
    for name in sorted(test, key=lambda name: -test[name].value)
  ]
  rows += [
    ["leaderboard, relu", _mean(LEADERBOARD[protocol.model]), None, None],
    ["fingerprints, random forest", _mean(FINGERPRINTS), None, None],
  ]
  return DataTable(
    f"{prefix}_auc",
    f"ROC-AUC of {protocol.model} on {run.settings['dataset']} at the epoch "
    f"with the best validation, of {protocol.epochs}, with Student's t "
    "intervals over seeds; the last rows are published, the first of them with "
    f"a standard deviation of {LEADERBOARD[protocol.model].std}.",
    (
      Column("activation"),
      Column("test, % (95% CI)", 2),
      Column("validation, % (95% CI)", 2),
      Column("seeds"),
    ),
    rows,
  )


def _mean(published: Published) -> Estimate:
  return Estimate(published.mean)
