"""Activations on all benchmarks at once, and how far benchmarks agree."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from harness.core import comparisons, evidence
from harness.core.evidence import Estimate, TaskScores
from harness.reporting import statistics
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
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import transfer_measures
from harness.reporting.sections.log_ratios import BASELINE
from harness.reporting.sections.transfer_measures import Measure, Relation

# Of activations that two benchmarks share; fewer say hardly anything.
MIN_ACTIVATIONS = 12
_SIGNIFICANCE = 0.05


class _Pair(NamedTuple):
  """Two benchmarks, and the p-value of no relation after Holm's adjustment."""

  relation: Relation
  p_value: float


def section(runs: Runs, seed: int) -> Section | None:
  """A table of all activations, and a matrix of all benchmarks.

  None for fewer than two of benchmarks and streams of tasks.

  Args:
    runs: of the report.
    seed: keys halves.
  """
  measures = [
    *map(transfer_measures.of_lab, transfer_measures.sources(runs.labs)),
    *transfer_measures.main_benchmarks(transfer_measures.of_benchmarks(runs)),
  ]
  if len(measures) < 2:
    return None
  # Tasks of a suite are no benchmark, and one of the suites was searched on.
  ranked = [m for m in measures if not m.of_tasks] or measures
  names = _by_mean_rank(ranked, [name for m in measures for name in m.parts])
  pairs = _pairs(measures, seed)
  blocks: list[Block] = [_scores(measures, names)]
  if diverged := transfer_measures.on_diverged(measures):
    blocks.append(Text(diverged))
  blocks += _log_ratios(measures, names)
  if pairs:
    blocks += [_matrix(measures, pairs, seed), _correlations(pairs)]
  findings = [_sentence(pairs)] if pairs else []
  return Section("Activations on all benchmarks", blocks, findings)


def _ranks(
  measure: Measure, among: Collection[str] | None = None
) -> dict[str, float]:
  """Places of the activations, the best first; equal ones share theirs."""
  names = [n for n in measure.parts if among is None or n in among]
  places = stats.rankdata([-measure.value(name) for name in names])
  return dict(zip(names, places.tolist(), strict=True))


def _by_mean_rank(
  measures: Sequence[Measure], everyone: Sequence[str]
) -> dict[str, float | None]:
  """Mean ranks of those with all scores, best first; then all others.

  Ranks are among those with all scores, so that a benchmark of which few
  activations are known weighs as much as others.
  """
  whole = set.intersection(*(set(measure.parts) for measure in measures))
  ranks = [_ranks(measure, whole) for measure in measures]
  means = {name: float(np.mean([r[name] for r in ranks])) for name in whole}
  ordered = dict(sorted(means.items(), key=lambda item: (item[1], item[0])))
  return {**ordered, **{n: None for n in everyone if n not in means}}


def _estimate(measure: Measure, name: str) -> Estimate:
  """The score with its interval, over drawn tasks or over seeds."""
  parts = measure.parts[name]
  if not measure.of_tasks:
    samples = parts[~np.isnan(parts)].tolist()
    return statistics.mean(samples, bounds=(0.0, measure.perfect))
  if any(measure.strata):
    return evidence.mean(TaskScores(parts[None], measure.strata))
  return Estimate(measure.value(name))  # The tasks are these and no others.


def _scores(
  measures: Sequence[Measure], names: Mapping[str, float | None]
) -> DataTable:
  ranks = [_ranks(measure) for measure in measures]
  rows: list[list[Cell]] = []
  for name, mean_rank in names.items():
    row: list[Cell] = [name, mean_rank]
    for measure, known in zip(measures, ranks, strict=True):
      has = name in known
      row += [_estimate(measure, name) if has else None, known.get(name)]
    rows.append(row)
  return DataTable(
    "benchmarks",
    "Activations on all benchmarks, by their mean rank over benchmarks, not "
    "over suites of tasks, among those with a score on each: scores "
    "from 0 to 1 on tasks, with intervals over drawn ones, benchmark scores "
    "in % with Student's t intervals over seeds, and ranks among those that "
    "have a score.",
    (
      Column("activation"),
      Column("mean rank", 1),
      *(
        column
        for measure in measures
        for column in (
          Column(f"{measure.name} (95% CI)", 3 if measure.of_tasks else 2),
          Column(f"rank on {measure.name}", 1),
        )
      ),
    ),
    rows,
  )


def _log_ratios(
  measures: Sequence[Measure], names: Mapping[str, float | None]
) -> list[Figure]:
  """A map of all activations against the baseline, where that has scores."""
  columns = [m for m in measures if BASELINE in m.parts]
  rows = [name for name in names if name != BASELINE]
  if not columns or not rows:
    return []
  values = np.full((len(rows), len(columns)), np.nan)
  for column, measure in enumerate(columns):
    missing = {n: measure.perfect - measure.value(n) for n in measure.parts}
    for row, name in enumerate(rows):
      if missing.get(name, 0) > 0 and missing[BASELINE] > 0:
        values[row, column] = np.log(missing[BASELINE] / missing[name])
  limit = float(np.nanmax(np.abs(values), initial=0.1))
  return [
    Figure(
      "benchmarks_log_ratios",
      f"Log-ratio of what is missing to a perfect score, {BASELINE}'s over the "
      f"activation's: above 0 is better than {BASELINE}.",
      heat_map.draw(
        rows,
        [m.name for m in columns],
        values,
        limits=(-limit, limit),
        digits=2,
      ),
    )
  ]


def _pairs(measures: Sequence[Measure], seed: int) -> list[_Pair]:
  """Relations of all that share enough activations."""
  relations = [
    relation
    for a, b in itertools.combinations(measures, 2)
    if len(set(a.parts) & set(b.parts)) >= MIN_ACTIVATIONS
    and (relation := transfer_measures.relate(b, a, seed)).correlation
  ]
  p_values = [r.p_value for r in relations if r.p_value is not None]
  adjusted = comparisons.holm(p_values)
  return [
    _Pair(relation, found.p_value)
    for relation, found in zip(relations, adjusted, strict=True)
  ]


def _matrix(
  measures: Sequence[Measure], pairs: Sequence[_Pair], seed: int
) -> Figure:
  names = [measure.name for measure in measures]
  values = np.full((len(names), len(names)), np.nan)
  for place, measure in enumerate(measures):
    reliability = measure.reliability(tuple(measure.parts), seed)
    values[place, place] = np.nan if reliability is None else reliability
  for relation, _ in pairs:
    row = names.index(relation.benchmark.name)
    column = names.index(relation.tasks.name)
    assert relation.correlation
    values[row, column] = values[column, row] = relation.correlation.value
  return Figure(
    "benchmarks_matrix",
    "Spearman's rank correlation of benchmarks over activations; on the "
    "diagonal the reliability of each, from halves of its tasks or seeds. "
    f"Empty where fewer than {MIN_ACTIVATIONS} activations have both.",
    heat_map.draw(names, names, values, limits=(-1.0, 1.0), digits=2),
  )


def _correlations(pairs: Sequence[_Pair]) -> DataTable:
  rows: list[list[Cell]] = [
    [
      relation.tasks.name,
      relation.benchmark.name,
      len(relation.activations),
      relation.correlation,
      relation.ceiling,
      p_value,
    ]
    for relation, p_value in pairs
  ]
  return DataTable(
    "benchmarks_correlations",
    "The same with 95% intervals over activations, the ceiling by "
    "both reliabilities, and p-values of no relation, adjusted for all pairs "
    "by Holm's method.",
    (
      Column("one"),
      Column("other"),
      Column("activations"),
      Column("rho (95% CI)", 2, signed=True),
      Column("ceiling", 2),
      Column("p (Holm)", 3),
    ),
    rows,
  )


def _sentence(pairs: Sequence[_Pair]) -> str:
  shown = [pair for pair in pairs if pair.p_value < _SIGNIFICANCE]
  listed = "; ".join(
    f"{relation.tasks.name} and {relation.benchmark.name} "
    f"{relation.correlation.value:+.2f}"
    for relation, _ in shown
    if relation.correlation
  )
  return (
    f"Pairs of benchmarks that rank activations alike or in reverse, at 5% "
    f"adjusted for all {len(pairs)}: {listed or 'none'}."
  )
