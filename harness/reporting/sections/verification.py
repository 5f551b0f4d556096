"""Does the winner of a search hold on fresh seeds and held-out tasks?"""

import numpy as np

from evolve import activations
from harness.core.fitness import Report
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
from harness.reporting.figures import estimates
from harness.reporting.runs.search_run import Finalist, SearchRun
from harness.reporting.sections import differences, log_ratios
from harness.reporting.sections.differences import Comparison
from harness.reporting.sections.log_ratios import BASELINE, Losses

_WORDS = {
  "better": "better than",
  "worse": "worse than",
  "no difference": "indistinguishable from",
}


def section(run: SearchRun, prefix: str, seed: int) -> Section:
  """What the verification of a search says.

  Args:
    run: the search.
    prefix: makes the names of figures and tables unique on the page.
    seed: keys the bootstrap.
  """
  title = f"Does the winner hold? {run.run.label}"
  if run.winner is None:
    return Section(
      title, [Text("Nothing was verified: the search did not get that far.")]
    )
  blocks: list[Block] = [
    Text(_what_was_done(run)),
    _finalists(run, prefix, seed),
    Text(selection_bias(run)),
  ]
  found = comparisons(run, seed)
  if found:
    blocks += [
      _differences_table(found, prefix),
      _differences_figure(found, prefix),
      *_by_task(run, prefix),
    ]
  blocks += log_ratios.figures(_losses(run), run.suite, prefix, seed)
  findings = [sentence(run, found)] if found else []
  return Section(title, [*map(Text, findings), *blocks], findings)


def comparisons(run: SearchRun, seed: int) -> list[Comparison]:
  """The winner against each rival, on fresh seeds and on held-out tasks.

  All p-values are adjusted together. Empty without a winner; the winner is not
  compared with itself.
  """
  winner = run.winner
  if winner is None:
    return []
  pairs: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {
    (rival.name, place): (_scores(winner, place, run), theirs)
    for place in _places(run)
    for rival in _rivals(run)
    if rival.program_id != winner.program_id
    and (theirs := _scores(rival, place, run)).size
    and _scores(winner, place, run).shape == theirs.shape
  }
  return differences.compare(pairs, seed)


def sentence(run: SearchRun, found: list[Comparison]) -> str:
  """Whether the winner beats its rivals, in words."""
  assert run.winner
  parts = [
    f"on {place} "
    + ", ".join(
      f"{_WORDS[c.verdict]} {c.names[0]} ({_signed(c.difference.estimate)})"
      for c in found
      if c.names[1] == place
    )
    for place in dict.fromkeys(c.names[1] for c in found)
  ]
  return (
    f"The winner of {run.run.label}, {run.winner.name}, is "
    + "; ".join(parts)
    + ". Brackets hold the difference in OOD skill and its 95% interval over "
    "seeds; verdicts are at 5%, adjusted for all of these comparisons (Holm)."
  )


def selection_bias(run: SearchRun) -> str:
  """How far the best fell from their values in the search, in words."""
  falls = [
    f.search_value - f.fresh.value
    for f in run.finalists
    if f.is_found
    and f.search_value is not None
    and f.fresh
    and f.fresh.value is not None
  ]
  winner = run.winner
  assert winner and winner.fresh
  if not falls:
    return "No finalist has a value both in the search and on fresh seeds."
  text = (
    f"Selection bias: on fresh seeds the {len(falls)} best of the search fell "
    f"by {np.mean(falls):+.3f} on average (from {min(falls):+.3f} to "
    f"{max(falls):+.3f}; below 0 is a rise)"
  )
  if winner.search_value is not None and winner.fresh.value is not None:
    fall = winner.search_value - winner.fresh.value
    text += f", the winner by {fall:+.3f}"
  return text + "."


def _what_was_done(run: SearchRun) -> str:
  count = sum(f.is_found for f in run.finalists)
  assert run.winner and run.winner.fresh
  seeds = len(run.winner.fresh.value_by_seed)
  fidelity = run.fidelity
  return (
    f"The {count} best of the archive were trained again, {fidelity.steps} "
    f"steps on {seeds} seeds that the search had not used (it used "
    f"{fidelity.num_seeds}), each by a program of its own. The winner is the "
    f"best of them there. Scores on {run.run.settings['heldout']}, tasks that "
    "the search never sees, had no part in the choice: there nothing flatters "
    "the winner, as being the best of several does on fresh seeds. All rows "
    "share data, initial weights and batch order, so differences are paired by "
    "seed."
  )


def _finalists(run: SearchRun, prefix: str, seed: int) -> Table:
  heldout = run.run.settings["heldout"]
  return Table(
    f"{prefix}_finalists",
    f"The best of {run.run.label} and well-known functions, by OOD skill (0 "
    "to 1) on fresh seeds. Intervals of means are Student's t over seeds, "
    "those of interquartile means (IQM) by stratified bootstrap over seeds and "
    "tasks.",
    (
      Column("function"),
      Column("found by"),
      Column("in the search"),
      Column(f"{run.suite}, fresh seeds (95% CI)"),
      Column("fell by", signed=True),
      Column("IQM (95% CI)"),
      Column(f"{heldout} (95% CI)"),
    ),
    [_row(f, seed, is_winner=f is run.winner) for f in run.finalists],
  )


def _row(finalist: Finalist, seed: int, *, is_winner: bool) -> list[Cell]:
  fresh, heldout = finalist.fresh, finalist.heldout
  value = fresh.value if fresh else None
  fall = None
  if finalist.search_value is not None and value is not None:
    fall = finalist.search_value - value
  iqm = None
  if fresh and value is not None:
    scores = statistics.as_array(fresh.scores_by_seed)
    iqm = statistics.interquartile_mean(scores, seed)
  return [
    finalist.name + (" (winner)" if is_winner else ""),
    "search" if finalist.is_found else "reference",
    finalist.search_value,
    _mean(fresh),
    fall,
    iqm,
    _mean(heldout),
  ]


def _differences_table(found: list[Comparison], prefix: str) -> Table:
  return Table(
    f"{prefix}_against_rivals",
    "The winner minus well-known functions, on the same seeds; p-values by "
    "paired t-test over seeds, adjusted for all rows by Holm's method.",
    (Column("against"), Column("tasks"), *differences.COLUMNS),
    [(*c.names, *c.cells()) for c in found],
  )


def _differences_figure(found: list[Comparison], prefix: str) -> Figure:
  return Figure(
    f"{prefix}_against_rivals",
    "The winner's OOD skill minus that of well-known functions, with 95% "
    "intervals over seeds. Right of the line the winner is better.",
    estimates.draw(
      [f"{c.names[0]}, {c.names[1]}" for c in found],
      [c.difference.estimate for c in found],
      "difference in OOD skill",
      reference=0.0,
    ),
  )


def _by_task(run: SearchRun, prefix: str) -> list[Block]:
  """Where the winner's gain over the best rival comes from."""
  winner, place = run.winner, _places(run)[0]
  rival = next((f for f in _rivals(run) if f is not winner), None)
  if not (winner and winner.fresh and rival and rival.fresh):
    return []
  ours, theirs = _scores(winner, place, run), _scores(rival, place, run)
  if not ours.size or ours.shape != theirs.shape:
    return []
  gains = {
    task: statistics.mean(column.tolist())
    for task, column in zip(
      sorted(winner.fresh.scores_by_seed), (ours - theirs).T, strict=True
    )
  }
  ranked = sorted(gains, key=lambda task: -gains[task].value)
  return [
    Figure(
      f"{prefix}_by_task",
      f"Task by task, the winner's OOD skill minus that of {rival.name}, the "
      f"best of the well-known functions here, on {place}, with 95% intervals "
      "over seeds. A gain may come from few tasks.",
      estimates.draw(
        ranked,
        [gains[task] for task in ranked],
        f"difference in OOD skill to {rival.name}",
        reference=0.0,
      ),
    )
  ]


def _losses(run: SearchRun) -> dict[str, Losses]:
  return {f.name: f.fresh.ood_loss for f in run.finalists if f.fresh}


def _places(run: SearchRun) -> tuple[str, str]:
  return f"{run.suite}, fresh seeds", str(run.run.settings["heldout"])


def _scores(finalist: Finalist, place: str, run: SearchRun) -> np.ndarray:
  """[seeds, tasks]; empty without a value."""
  is_fresh = place == _places(run)[0]
  report = finalist.fresh if is_fresh else finalist.heldout
  if report is None or report.value is None:
    return np.empty((0, 0))
  return statistics.as_array(report.scores_by_seed)


def _rivals(run: SearchRun) -> list[Finalist]:
  """What a winner has to beat for the search to have been worth it."""
  return [
    f
    for f in run.finalists
    if f.name != BASELINE and (not f.is_found or f.name in activations.names())
  ]


def _mean(report: Report | None) -> Cell:
  by_seed = report.value_by_seed if report else ()
  return statistics.mean(by_seed) if by_seed else None


def _signed(estimate: statistics.Estimate) -> str:
  if estimate.low is None or estimate.high is None:
    return f"{estimate.value:+.3f}"
  return f"{estimate.value:+.3f}, {estimate.low:+.3f} to {estimate.high:+.3f}"
