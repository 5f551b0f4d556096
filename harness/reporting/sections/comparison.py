"""Searches against each other at equal budget: what does the mutator add?"""

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
  Figure,
  Section,
  Table,
  Text,
)
from harness.reporting.figures import arms as drawing
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import differences
from harness.reporting.sections.differences import Comparison

# Runs by what wrote their candidates.
Arms = dict[str, list[SearchRun]]
# Settings that may differ between runs that compare.
_FREE = (
  *("seed", "evaluations", "workers", "top", "fresh_seeds", "mutator"),
  *("candidates_per_batch", "llm", "llm_selection", "llm_share"),
  *("llm_sampling", "llm_caps", "llm_concurrency", "replayed"),
)


def sections(searches: Sequence[SearchRun], seed: int) -> list[Section]:
  """One section for each set of searches that differ in nothing but mutators.

  Args:
    searches: all of the report.
    seed: keys the bootstrap.
  """
  return [
    _section(arms, number, seed)
    for number, arms in enumerate(comparable(searches), 1)
  ]


def comparable(searches: Sequence[SearchRun]) -> list[Arms]:
  """Sets of searches with at least two mutators, all else being equal."""
  groups: dict[str, Arms] = defaultdict(lambda: defaultdict(list))
  for run in searches:
    fixed = {k: v for k, v in run.run.settings.items() if k not in _FREE}
    groups[json.dumps(fixed, sort_keys=True)][run.mutator].append(run)
  return [dict(arms) for arms in groups.values() if len(arms) > 1]


def budget(arms: Arms) -> int:
  """Candidates that every run has."""
  return min(len(run.rows) for runs in arms.values() for run in runs)


def winners(arms: Arms, seed: int) -> list[Comparison]:
  """Winners of two mutators on the same fresh seeds and held-out tasks.

  Only those of runs with the same seed, budget and fresh seeds pair.
  """
  pairs: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
  for ours, theirs in itertools.combinations(arms, 2):
    for a, b in itertools.product(arms[ours], arms[theirs]):
      if a.run.settings["seed"] == b.run.settings["seed"] and len(
        a.rows
      ) == len(b.rows):
        pairs |= _winners_of(a, b)
  return differences.compare(pairs, seed)


def sentence(arms: Arms, found: Sequence[Comparison]) -> str:
  """What the comparison of winners says, in words."""
  names = " and ".join(arms)
  if not found:
    return (
      f"No winners of {names} compare: that takes finished runs with the same "
      "seed and as many candidates."
    )
  parts = [
    f"{c.names[0]} {c.verdict} on {c.names[1]} "
    f"({c.difference.estimate.value:+.3f})"
    for c in found
  ]
  runs = min(len(runs) for runs in arms.values())
  return (
    f"Winners at {budget(arms):,} candidates: {'; '.join(parts)}. That is "
    + (
      f"{runs} run{'s' if runs > 1 else ''} a mutator: it compares these "
      "winners; how much better a mutator is on average takes more runs."
      if runs < 3
      else f"{runs} runs a mutator."
    )
  )


def _winners_of(
  a: SearchRun, b: SearchRun
) -> dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]]:
  pairs: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
  if a.winner is None or b.winner is None:
    return pairs
  who = f"{a.run.label} against {b.run.label}"
  for place, x, y in (
    (f"{a.suite}, fresh seeds", a.winner.fresh, b.winner.fresh),
    (str(a.run.settings["heldout"]), a.winner.heldout, b.winner.heldout),
  ):
    if x and y and x.value is not None and y.value is not None:
      ours, theirs = map(
        statistics.as_array, (x.scores_by_seed, y.scores_by_seed)
      )
      if ours.shape == theirs.shape:
        pairs[who, place] = ours, theirs
  return pairs


def _section(arms: Arms, number: int, seed: int) -> Section:
  found = winners(arms, seed)
  limit = budget(arms)
  prefix = f"comparison_{number}"
  blocks: list[Block] = [
    Text(
      "Runs that differ in nothing but what writes their candidates, up to "
      f"{limit:,} candidates, which all of them have. The curves show values "
      "of the search, where being chosen flatters the best; the table of "
      "winners shows fresh seeds."
    ),
    _at_equal_budget(arms, limit, prefix),
    _against(arms, limit, prefix, "evaluations"),
    _against(arms, limit, prefix, "time"),
  ]
  if found:
    blocks.append(_winners_table(found, prefix))
  finding = sentence(arms, found)
  title = f"{' against '.join(arms)}, {limit:,} candidates each"
  return Section(title, [Text(finding), *blocks], [finding])


def _at_equal_budget(arms: Arms, limit: int, prefix: str) -> Table:
  measures: dict[str, Callable[[Moment], float]] = {
    "best in the search (95% CI)": lambda m: m.best or 0.0,
    "QD score (95% CI)": lambda m: m.qd_score,
    "niches (95% CI)": lambda m: m.coverage,
    "evaluation time, minutes (95% CI)": lambda m: m.seconds / 60,
  }
  rows: list[list[Cell]] = []
  for mutator, runs in arms.items():
    ends = [run.moments[limit - 1] for run in runs]
    estimates = [
      statistics.mean([f(e) for e in ends]) for f in measures.values()
    ]
    rows.append([mutator, len(runs), *estimates])
  return Table(
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


def _against(arms: Arms, limit: int, prefix: str, x: str) -> Figure:
  is_time = x == "time"
  return Figure(
    f"{prefix}_{x}",
    "Best value so far in the search, by what writes the candidates, against "
    + ("the time that evaluations took." if is_time else "evaluations.")
    + " Thin lines are runs, thick ones their mean.",
    drawing.draw(
      {
        mutator: [_curve(run.moments[:limit], is_time) for run in runs]
        for mutator, runs in arms.items()
      },
      "evaluation time, minutes (all workers added up)"
      if is_time
      else "evaluations",
    ),
  )


def _curve(
  moments: Sequence[Moment], is_time: bool
) -> tuple[np.ndarray, np.ndarray]:
  known = [m for m in moments if m.best is not None]
  x = [m.seconds / 60 if is_time else m.slot + 1 for m in known]
  return np.array(x, np.float64), np.array([m.best for m in known])


def _winners_table(found: Sequence[Comparison], prefix: str) -> Table:
  return Table(
    f"{prefix}_winners",
    "Winners of runs with the same seed and budget, the first minus the second,"
    " on the same data and initial weights; p-values by paired t-test over "
    "seeds, adjusted for all rows by Holm's method.",
    (Column("winners of"), Column("tasks"), *differences.COLUMNS),
    [(*c.names, *c.cells()) for c in found],
  )
