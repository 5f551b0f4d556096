"""The results of harness.score: activations on a suite of the lab."""

from collections import defaultdict
from collections.abc import Sequence

from harness.core import evidence
from harness.core.evidence import SCORES, TaskScores
from harness.core.fitness import Status
from harness.core.population import measure, population
from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Section,
  Text,
)
from harness.reporting.runs.lab_run import LabRun, LabScore
from harness.reporting.sections import axes, learned, log_ratios, paired_tests
from harness.reporting.sections.log_ratios import BASELINE
from harness.reporting.sections.paired_tests import PairedTest

# Scores on one suite, seed and fidelity, by activation.
Group = dict[str, LabScore]


def sections(labs: Sequence[LabRun], seed: int) -> list[Section]:
  """A section for each suite, seed and fidelity.

  Args:
    labs: all runs of harness.score.
    seed: keys the bootstrap.
  """
  found = []
  for number, (title, runs) in enumerate(_by_conditions(labs).items(), 1):
    scores, prefix = group(runs), f"lab_{number}"
    found.append(
      Section(
        title,
        list(_blocks(runs, scores, prefix, seed)),
        data=_by_task(scores, runs[0].suite, prefix),
      )
    )
  return found


def _by_conditions(labs: Sequence[LabRun]) -> dict[str, list[LabRun]]:
  """Runs whose scores compare."""
  runs = defaultdict(list)
  for lab in labs:
    runs[lab.conditions].append(lab)
  return dict(runs)


def group(labs: Sequence[LabRun]) -> Group:
  """Scores by activation, best first; those without a value come last."""
  found = {score.activation: score for lab in labs for score in lab.scores}
  return dict(
    sorted(
      found.items(),
      key=lambda item: 1.0 if item[1].value is None else -item[1].value,
    )
  )


def _blocks(
  runs: Sequence[LabRun], scores: Group, prefix: str, seed: int
) -> Sequence[Block]:
  unfinished = [
    lab.directory.label for lab in runs if not lab.directory.is_finished
  ]
  ok = {n: s for n, s in scores.items() if s.status is Status.OK}
  failed = [f"{n} ({s.status})" for n, s in scores.items() if n not in ok]
  blocks: list[Block] = []
  if unfinished:
    blocks.append(Text(f"Unfinished: {', '.join(unfinished)}."))
  if failed:
    blocks.append(Text(f"Without a value: {', '.join(failed)}."))
  if not ok:
    return blocks
  blocks.append(_table(ok, runs[0].suite, prefix, seed))
  blocks += learned.tables(((n, s.learned) for n, s in ok.items()), prefix)
  blocks += axes.blocks(_comparable(ok), prefix, seed)
  losses = {name: score.ood_loss for name, score in ok.items()}
  return blocks + log_ratios.figures(losses, runs[0].suite, prefix, seed)


def _comparable(scores: Group) -> dict[str, TaskScores]:
  """The skills of activations that have the tasks of the first one."""
  found = {n: s.skills for n, s in scores.items() if s.skills is not None}
  first = next(iter(found.values()))
  return {n: s for n, s in found.items() if s.names == first.names}


def _table(scores: Group, suite: str, prefix: str, seed: int) -> DataTable:
  against = _against_baseline(scores, seed)
  columns = paired_tests.columns(measure(suite))
  has_skills = any(score.mean_skill is not None for score in scores.values())
  rows: list[list[Cell]] = [
    [
      name,
      *(against[name].cells() if name in against else [None] * len(columns)),
      evidence.mean(skills, bounds=SCORES),
      statistics.interquartile_mean(skills.values, seed),
      *([score.mean_skill] if has_skills else []),
      score.flops,
    ]
    for name, score in scores.items()
    if (skills := score.skills)
  ]
  drawn = any(s.skills and s.skills.is_drawn for s in scores.values())
  return DataTable(
    f"{prefix}_scores",
    f"Activations by {measure(suite)} (0 to 1), best first: mean over seeds "
    f"and tasks with its interval {evidence.over(drawn=drawn)}, interquartile "
    "mean with bootstrap over tasks and seeds, and the difference to "
    f"{BASELINE} on the same tasks and seeds. Verdicts are about "
    f"{population(suite, drawn=drawn)}; they and their intervals are adjusted "
    "for all rows by Holm's method.",
    (
      Column("activation"),
      *columns,
      Column("mean (95% CI)"),
      Column("IQM (95% CI)"),
      *([Column("mean OOD skill")] if has_skills else []),
      Column("weighted operations per element", 0),
    ),
    rows,
  )


def _by_task(scores: Group, suite: str, prefix: str) -> list[DataTable]:
  """A table with a row for each task; none without a value."""
  ok = {n: skills for n, s in scores.items() if (skills := s.skills)}
  if not ok:
    return []
  columns = [
    [statistics.mean_score(by_seed) for by_seed in skills.values.T.tolist()]
    for skills in ok.values()
  ]
  tasks = next(iter(ok.values())).names
  return [
    DataTable(
      f"{prefix}_by_task",
      f"The {measure(suite)} (0 to 1) by task, with Student's t intervals over "
      "seeds.",
      [Column("task"), *map(Column, ok)],
      list(zip(tasks, *columns, strict=True)),
    )
  ]


def _against_baseline(scores: Group, seed: int) -> dict[str, PairedTest]:
  baseline = scores.get(BASELINE)
  if baseline is None or baseline.skills is None:
    return {}
  found = paired_tests.run(
    {
      (name, BASELINE): (score.skills, baseline.skills)
      for name, score in scores.items()
      if name != BASELINE
      and score.skills
      and score.skills.pairs_with(baseline.skills)
    },
    seed,
  )
  return {test.subject: test for test in found}
