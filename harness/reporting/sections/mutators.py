"""Mutators against each other: searches at equal budget."""

import dataclasses
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from evolve.search.history import Moment
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
from harness.reporting.figures import best_so_far
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import paired_tests
from harness.reporting.sections.paired_tests import Pair, PairedTest

# Runs by their mutator.
ByMutator = dict[str, list[SearchRun]]
# Settings that may differ between runs that compare.
_FREE = (
  *("seed", "evaluations", "workers", "top", "fresh_seeds", "mutator"),
  *("candidates_per_batch", "llm", "llm_selection", "llm_share"),
  *("llm_sampling", "llm_caps", "llm_concurrency", "replayed"),
  *("tuning_share", "tuning_evaluations"),
)


def sections(searches: Sequence[SearchRun], seed: int) -> list[Section]:
  """A section for each set of searches that differ in nothing but mutators.

  Args:
    searches: all of the report.
    seed: keys the bootstrap.
  """
  found = []
  for number, by_mutator in enumerate(comparable(searches), 1):
    compared = {r.directory.label for runs in by_mutator.values() for r in runs}
    section = _section(by_mutator, number, seed)
    labels = [run.directory.label for run in searches]
    apart = [label for label in labels if label not in compared]
    if apart:
      note = f"Not compared, for other tasks or settings: {', '.join(apart)}."
      section = dataclasses.replace(
        section, blocks=[*section.blocks, Text(note)]
      )
    found.append(section)
  return found


def comparable(searches: Sequence[SearchRun]) -> list[ByMutator]:
  """Sets of searches with at least two mutators, all else being equal."""
  groups: dict[str, ByMutator] = defaultdict(lambda: defaultdict(list))
  for run in searches:
    fixed = {k: v for k, v in run.directory.settings.items() if k not in _FREE}
    groups[json.dumps(fixed, sort_keys=True)][run.mutator].append(run)
  return [
    dict(by_mutator) for by_mutator in groups.values() if len(by_mutator) > 1
  ]


def budget(by_mutator: ByMutator) -> int:
  """The number of candidates that every run has."""
  return min(len(run.rows) for runs in by_mutator.values() for run in runs)


def winners(by_mutator: ByMutator, seed: int) -> list[PairedTest]:
  """Winners of two mutators on the same fresh and held-out tasks.

  Only those of runs with the same seed, budget and seeds per task pair.
  """
  pairs: dict[tuple[str, str], Pair] = {}
  for ours, theirs in itertools.combinations(by_mutator, 2):
    for a, b in itertools.product(by_mutator[ours], by_mutator[theirs]):
      same_seed = a.directory.settings["seed"] == b.directory.settings["seed"]
      if same_seed and len(a.rows) == len(b.rows):
        pairs |= _winners_of(a, b)
  return paired_tests.run(pairs, seed)


def sentence(by_mutator: ByMutator, tests: Sequence[PairedTest]) -> str:
  """The tests of winners, in words."""
  names = " and ".join(by_mutator)
  if not tests:
    return (
      f"The winners of {names} are not compared: that takes finished runs with "
      "the same seed and equally many candidates."
    )
  parts = [
    f"{subject}: "
    + ", ".join(
      f"{t.verdict} on {t.tasks} ({t.comparison.numbers})"
      for t in tests
      if t.subject == subject
    )
    for subject in dict.fromkeys(t.subject for t in tests)
  ]
  return (
    f"Winners at {budget(by_mutator):,} candidates, {'; '.join(parts)}; "
    f"brackets hold the difference in {_measure(by_mutator)} and its adjusted "
    "interval."
  )


def _measure(by_mutator: ByMutator) -> str:
  """The name of the values of runs that compare, which share a suite."""
  return next(iter(by_mutator.values()))[0].measure


def _winners_of(a: SearchRun, b: SearchRun) -> dict[tuple[str, str], Pair]:
  if a.winner is None or b.winner is None:
    return {}
  subject = f"{a.directory.label} against {b.directory.label}"
  theirs = b.reports(b.winner)
  return {
    (subject, tasks): pair
    for tasks, ours in a.reports(a.winner).items()
    if (pair := paired_tests.pair(ours, theirs[tasks]))
  }


def _section(by_mutator: ByMutator, number: int, seed: int) -> Section:
  found = winners(by_mutator, seed)
  limit = budget(by_mutator)
  prefix = f"comparison_{number}"
  blocks: list[Block] = [
    *_few_runs(by_mutator),
    Text(
      f"Runs that differ only in their mutator, up to {limit:,} candidates, "
      "which all of them have. The curves show values in the search, where "
      "selection flatters the best; the table of winners shows tasks or seeds "
      "that the search never saw."
    ),
    _at_equal_budget(by_mutator, limit, prefix),
    _course(by_mutator, limit, prefix, "evaluations"),
    _course(by_mutator, limit, prefix, "time"),
  ]
  if found:
    blocks.append(_winners_table(found, _measure(by_mutator), prefix))
  finding = sentence(by_mutator, found)
  title = f"{' against '.join(by_mutator)}, {limit:,} candidates each"
  return Section(title, blocks, [finding])


def _few_runs(by_mutator: ByMutator) -> list[Text]:
  runs = min(len(runs) for runs in by_mutator.values())
  if runs >= 3:
    return []
  return [
    Text(
      f"With {runs} run{'s' if runs > 1 else ''} of each mutator this compares "
      "these winners; the mean advantage of a mutator takes more runs."
    )
  ]


def _at_equal_budget(
  by_mutator: ByMutator, limit: int, prefix: str
) -> DataTable:
  measures: dict[str, Callable[[Moment], float]] = {
    "best in the search (95% CI)": lambda m: m.best or 0.0,
    "QD score (95% CI)": lambda m: m.qd_score,
    "niches (95% CI)": lambda m: m.coverage,
    "evaluation time, minutes (95% CI)": lambda m: m.seconds / 60,
  }
  rows: list[list[Cell]] = []
  for mutator, runs in by_mutator.items():
    ends = [run.moments[limit - 1] for run in runs]
    estimates = [
      statistics.mean([f(e) for e in ends]) for f in measures.values()
    ]
    rows.append([mutator, len(runs), *estimates])
  return DataTable(
    f"{prefix}_equal_budget",
    f"After {limit:,} candidates; means over runs, with Student's t intervals "
    "where there are several.",
    (
      Column("mutator"),
      Column("runs"),
      *(
        Column(name, digits=3 if name.startswith("best") else 1)
        for name in measures
      ),
    ),
    rows,
  )


def _course(by_mutator: ByMutator, limit: int, prefix: str, x: str) -> Figure:
  is_time = x == "time"
  return Figure(
    f"{prefix}_{x}",
    "Best value so far in the search, by mutator, against "
    + ("the time that evaluations took." if is_time else "evaluations.")
    + " Thin lines are runs, thick ones their mean.",
    best_so_far.draw(
      {
        mutator: [_best_so_far(run.moments[:limit], is_time) for run in runs]
        for mutator, runs in by_mutator.items()
      },
      "evaluation time, minutes (all workers added up)"
      if is_time
      else "evaluations",
      _measure(by_mutator),
    ),
  )


def _best_so_far(
  moments: Sequence[Moment], is_time: bool
) -> tuple[np.ndarray, np.ndarray]:
  known = [m for m in moments if m.best is not None]
  x = [m.seconds / 60 if is_time else m.slot + 1 for m in known]
  return np.array(x, np.float64), np.array([m.best for m in known])


def _winners_table(
  found: Sequence[PairedTest], measure: str, prefix: str
) -> DataTable:
  return DataTable(
    f"{prefix}_winners",
    "Winners of runs with the same seed and budget: the first minus the "
    "second on the same data and initial weights, with p-values of paired "
    f"tests {paired_tests.over(found)}. Verdicts, at 5%, and intervals are "
    "adjusted for all rows by Holm's method.",
    (Column("winners of"), Column("tasks"), *paired_tests.columns(measure)),
    [(t.subject, t.tasks, *t.cells()) for t in found],
  )
