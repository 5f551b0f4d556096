"""What harness.score found: activations on a suite of the lab."""

from collections import defaultdict
from collections.abc import Sequence

from harness.core.fitness import Status
from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  Section,
  Table,
  Text,
)
from harness.reporting.names import Names
from harness.reporting.runs.lab_run import LabRun, LabScore
from harness.reporting.sections import differences, log_ratios
from harness.reporting.sections.differences import Comparison
from harness.reporting.sections.log_ratios import BASELINE

# Scores that compare: of one suite, seed and fidelity; by name.
Group = dict[str, LabScore]


def sections(labs: Sequence[LabRun], names: Names, seed: int) -> list[Section]:
  """One section for each suite, seed and fidelity.

  Args:
    labs: all runs of harness.score.
    names: of activations.
    seed: keys the bootstrap.
  """
  found = []
  for number, (title, runs) in enumerate(_by_conditions(labs).items(), 1):
    scores = group(runs, names)
    found.append(
      Section(title, list(_blocks(runs, scores, f"lab_{number}", seed)))
    )
  return found


def _by_conditions(labs: Sequence[LabRun]) -> dict[str, list[LabRun]]:
  """Runs whose scores stand beside each other, by what they share."""
  runs = defaultdict(list)
  for lab in labs:
    seed = lab.run.settings["seed"]
    runs[f"{lab.suite}, {lab.fidelity}, seed {seed}"].append(lab)
  return dict(runs)


def group(labs: Sequence[LabRun], names: Names) -> Group:
  """Scores by name, best first; those without a value come last."""
  found = {
    names.of(score.program_id, score.activation): score
    for lab in labs
    for score in lab.scores
  }
  return dict(
    sorted(
      found.items(),
      key=lambda item: 1.0 if item[1].value is None else -item[1].value,
    )
  )


def _blocks(
  runs: Sequence[LabRun], scores: Group, prefix: str, seed: int
) -> Sequence[Block]:
  unfinished = [lab.run.label for lab in runs if not lab.run.is_finished]
  ok = {n: s for n, s in scores.items() if s.status is Status.OK}
  failed = [f"{n} ({s.status})" for n, s in scores.items() if n not in ok]
  blocks: list[Block] = []
  if unfinished:
    blocks.append(Text(f"Unfinished: {', '.join(unfinished)}."))
  if failed:
    blocks.append(Text(f"Without a value: {', '.join(failed)}."))
  if not ok:
    return blocks
  blocks.append(_table(ok, prefix, seed))
  losses = {name: score.ood_loss for name, score in ok.items()}
  return blocks + log_ratios.figures(losses, runs[0].suite, prefix, seed)


def _table(scores: Group, prefix: str, seed: int) -> Table:
  against = _against_baseline(scores, seed)
  rows: list[list[Cell]] = [
    [
      name,
      statistics.mean(score.scores.mean(axis=1).tolist()),
      statistics.interquartile_mean(score.scores, seed),
      *(against[name].cells() if name in against else [None] * 5),
      score.flops,
    ]
    for name, score in scores.items()
  ]
  return Table(
    f"{prefix}_scores",
    "OOD skill (0 to 1), best first: mean over seeds and tasks with Student's "
    "t interval over seeds, interquartile mean with stratified bootstrap over "
    f"seeds and tasks, and the difference to {BASELINE} on the same seeds, "
    "with Holm's adjustment over all rows.",
    (
      Column("activation"),
      Column("mean (95% CI)"),
      Column("IQM (95% CI)"),
      *differences.COLUMNS,
      Column("weighted operations per element", 0),
    ),
    rows,
  )


def _against_baseline(scores: Group, seed: int) -> dict[str, Comparison]:
  baseline = scores.get(BASELINE)
  if baseline is None:
    return {}
  found = differences.compare(
    {
      (name,): (score.scores, baseline.scores)
      for name, score in scores.items()
      if name != BASELINE and score.scores.shape == baseline.scores.shape
    },
    seed,
  )
  return {c.names[0]: c for c in found}
