"""What harness.clrs30 found, beside published values."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.reporting.document import (
  Block,
  Cell,
  Column,
  Figure,
  Section,
  Table,
  Text,
)
from harness.reporting.figures import heat_map
from harness.reporting.names import Names
from harness.reporting.runs.validation_run import ValidationRun
from harness.reporting.statistics import Estimate


def section(run: ValidationRun, names: Names, prefix: str) -> Section:
  """One run of harness.clrs30.

  Args:
    run: it.
    names: of activations.
    prefix: makes the names of figures and tables unique on the page.
  """
  # Imported here: dm-clrs is needed for these runs only.
  from tasks.clrs30 import results

  records = named(run, names)
  blocks: list[Block] = []
  if not run.run.is_finished:
    blocks.append(
      Text(f"Unfinished: {len(records)} trainings have a record so far.")
    )
  if results.scores(records):
    blocks += [_heat_map(records, prefix), _scores(records, prefix)]
  if means := results.means_by_model(records):
    blocks.append(_means(means, results.compared(records), prefix))
  blocks += [Text(line) for line in _caveats(run, records)]
  return Section(f"CLRS-30: {run.run.label}", blocks)


def named(run: ValidationRun, names: Names) -> list[dict[str, Any]]:
  """The records, with the page's names for activations."""
  return [
    {
      **record,
      "activation": names.of(
        run.program_id(record["activation"]), record["activation"]
      ),
    }
    for record in run.records
  ]


def _activations(records: Sequence[Mapping[str, Any]]) -> list[str]:
  return list(dict.fromkeys(r["activation"] for r in records))


def _heat_map(records: Sequence[Mapping[str, Any]], prefix: str) -> Figure:
  from tasks.clrs30 import results
  from tasks.clrs30.algorithms import ALGORITHMS
  from tasks.clrs30.published import PUBLISHED

  found = results.scores(records)
  trained = {r["algorithm"] for r in records}
  algorithms = [a for a in ALGORITHMS if a in trained]
  columns = ["published", *_activations(records)]
  values = np.full((len(algorithms), len(columns)), np.nan)
  for row, algorithm in enumerate(algorithms):
    values[row, 0] = PUBLISHED[algorithm].mean
    for column, activation in enumerate(columns[1:], 1):
      if score := found.get((algorithm, activation)):
        values[row, column] = score.mean
  return Figure(
    f"{prefix}_heat_map",
    "Test micro-F1 on trajectories four times as long as in training, by "
    "algorithm and activation, mean over seeds. The published column is the "
    "single-task Triplet-GMPNN of arXiv 2209.11142, after 10,000 steps.",
    heat_map.draw(
      algorithms, columns, values, "test micro-F1, %", limits=(0.0, 100.0)
    ),
  )


def _scores(records: Sequence[Mapping[str, Any]], prefix: str) -> Table:
  from tasks.clrs30 import results
  from tasks.clrs30.published import PUBLISHED

  rows: list[list[Cell]] = []
  for (algorithm, activation), score in results.scores(records).items():
    published = PUBLISHED[algorithm]
    rows.append(
      [
        algorithm,
        activation,
        score.mean,
        score.std,
        score.num_seeds,
        published.mean,
        published.std,
      ]
    )
  return Table(
    f"{prefix}_scores",
    "Test micro-F1 in % with the sample standard deviation over seeds, and the "
    "published values.",
    (
      Column("algorithm"),
      Column("activation"),
      Column("test micro-F1, %", 2),
      Column("standard deviation", 2),
      Column("seeds"),
      Column("published, %", 2),
      Column("published deviation", 2),
    ),
    rows,
  )


def _means(
  means: Mapping[str, Any], compared: Sequence[str], prefix: str
) -> Table:
  return Table(
    f"{prefix}_means",
    f"Means of test micro-F1 over {', '.join(compared)}, which every column "
    "has.",
    (
      Column("activation"),
      Column("mean over algorithms, %", 2),
      Column("mean over categories, %", 2),
    ),
    [
      [name, found.over_algorithms, found.over_categories]
      for name, found in means.items()
    ],
  )


def _caveats(
  run: ValidationRun, records: Sequence[Mapping[str, Any]]
) -> list[str]:
  from tasks.clrs30 import results
  from tasks.clrs30.processors import Sites
  from tasks.clrs30.protocol import Protocol

  settings = run.run.settings
  return results.caveats(
    records,
    Protocol.of(settings),
    settings["processor"],
    Sites(settings["sites"]),
  )


def downstream(
  run: ValidationRun, names: Names
) -> dict[str, dict[str, Estimate]]:
  """Scores to relate to the lab's, by what they are and by activation, in %."""
  from tasks.clrs30 import results

  records = named(run, names)
  found: dict[str, dict[str, Estimate]] = {}
  for (algorithm, activation), score in results.scores(records).items():
    estimates = found.setdefault(f"CLRS-30 {algorithm}", {})
    estimates[activation] = Estimate(score.mean)
  means = results.means_by_model(records)
  if len(found) > 1 and means:
    found["CLRS-30 mean"] = {
      name: Estimate(mean.over_algorithms)
      for name, mean in means.items()
      if name != "published"
    }
  return found
