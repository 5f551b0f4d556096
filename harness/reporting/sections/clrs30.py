"""The results of harness.clrs30 beside the published values."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import heat_map
from harness.reporting.runs.validation_run import ValidationRun
from harness.reporting.sections import learned, sizes

# Names of its benchmarks: an algorithm follows, or the mean over several.
PREFIX = "CLRS-30 "
MEAN = f"{PREFIX}mean"


def section(
  run: ValidationRun, others: Sequence[ValidationRun], prefix: str
) -> Section:
  """A section on the runs of harness.clrs30 by one protocol.

  Args:
    run: finished or not.
    others: of other protocols.
    prefix: makes the names of figures and tables unique on the page.
  """
  # Imported here and below: dm-clrs is needed for these runs only.
  from tasks.clrs30 import results

  blocks: list[Block] = [*map(Text, run.remarks)]
  if results.scores(run.scores):
    blocks += [_heat_map(run.scores, prefix), _scores(run.scores, prefix)]
  if means := results.means_by_model(run.scores):
    blocks.append(_means(means, results.compared(run.scores), prefix))
  blocks += sizes.blocks(run.scores, prefix)
  blocks += learned.tables(run.learned, prefix)
  blocks += [Text(f"{line[0].upper()}{line[1:]}.") for line in _caveats(run)]
  blocks += map(Text, run.apart_from(others))
  return Section(f"CLRS-30: {run.label}", blocks)


def by_benchmark(run: ValidationRun) -> dict[str, dict[str, dict[int, float]]]:
  """Test scores in %, by benchmark, activation and seed."""
  from tasks.clrs30 import results
  from tasks.clrs30.algorithms import ALGORITHMS

  found: dict[str, dict[str, dict[int, float]]] = {}
  for line in run.scores:
    prefix = PREFIX if line["algorithm"] in ALGORITHMS else f"Beyond {PREFIX}"
    scores = found.setdefault(f"{prefix}{line['algorithm']}", {})
    by_seed = scores.setdefault(line["activation"], {})
    by_seed[line["seed"]] = 100 * line["test_score"]
  compared = [found[PREFIX + name] for name in results.compared(run.scores)]
  if sum(name.startswith(PREFIX) for name in found) > 1 and compared:
    found[f"{MEAN} of {len(compared)}"] = _mean_by_seed(compared)
  return found


def _mean_by_seed(
  scores: Sequence[Mapping[str, Mapping[int, float]]],
) -> dict[str, dict[int, float]]:
  """The means over algorithms of the seeds that all of them have."""
  found = {}
  for activation in scores[0]:
    columns = [one[activation] for one in scores]
    seeds = set[int].intersection(*map(set, columns))
    found[activation] = {
      seed: float(np.mean([column[seed] for column in columns]))
      for seed in sorted(seeds)
    }
  return {activation: means for activation, means in found.items() if means}


def _heat_map(lines: Sequence[Mapping[str, Any]], prefix: str) -> Figure:
  from tasks.clrs30 import results
  from tasks.clrs30.algorithms import ordered
  from tasks.clrs30.published import PUBLISHED

  found = results.scores(lines)
  algorithms = ordered({line["algorithm"] for line in lines})
  columns = ["published", *dict.fromkeys(line["activation"] for line in lines)]
  values = np.full((len(algorithms), len(columns)), np.nan)
  for row, algorithm in enumerate(algorithms):
    if published := PUBLISHED.get(algorithm):
      values[row, 0] = published.mean
    for column, activation in enumerate(columns[1:], 1):
      if score := found.get((algorithm, activation)):
        values[row, column] = score.mean
  return Figure(
    f"{prefix}_heat_map",
    "Test micro-F1 in % on the benchmark's test split, of 64 nodes, by "
    "algorithm and activation, mean over seeds. The published column is the "
    "single-task Triplet-GMPNN of arXiv 2209.11142, after 10,000 steps.",
    heat_map.draw(algorithms, columns, values, limits=(0.0, 100.0)),
  )


def _scores(lines: Sequence[Mapping[str, Any]], prefix: str) -> DataTable:
  from tasks.clrs30 import results
  from tasks.clrs30.published import PUBLISHED

  rows: list[list[Cell]] = []
  for (algorithm, activation), score in results.scores(lines).items():
    published = PUBLISHED.get(algorithm, (None, None))
    rows.append(
      [
        algorithm,
        activation,
        score.mean,
        score.std,
        score.num_seeds,
        *published,
      ]
    )
  return DataTable(
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
) -> DataTable:
  return DataTable(
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


def _caveats(run: ValidationRun) -> list[str]:
  from tasks.clrs30 import caveats
  from tasks.clrs30.processors import Sites
  from tasks.clrs30.protocol import Protocol

  settings = run.settings
  differing = caveats.caveats(
    run.scores,
    Protocol.of(settings),
    settings["processor"],
    Sites(settings["sites"]),
  )
  return differing + caveats.coverage(run.scores)
