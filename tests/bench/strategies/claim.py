"""A claim about a function that a search found, on tasks that nobody has used.

  python -m tests.bench.strategies.claim NAME DRAW

NAME is a function of evolve/found, which must be committed. It and its rivals
are scored by themselves on fresh@2/512/DRAW, where it is to be better than each
of them, and on heldout@2/512/DRAW, where it is to be non-inferior to each: its
mean OOD skill below theirs by less than 0.02. Both are adjusted for the five
rivals by Holm's method. Records are in results/strategies/claims. A draw is
for one function.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from evolve import found
from harness.core import console, evidence, records
from harness.core.errors import UserError
from harness.core.evidence import Comparison, TaskScores
from harness.core.printed_table import print_table
from harness.reporting.figures import estimates
from tasks.lab.suites import Suite

RIVALS = ("gelu", "swish", "hard_swish", "gelusine", "gelu_sinc_perturbation")
SIGNIFICANCE = 0.01
MARGIN = 0.02  # Of mean OOD skill.
_RUNS = Path("runs/claims")
_KEPT = Path("results/strategies/claims")
_FILES = ("run.json", "scores.jsonl", "summary.json")
# A further task narrows an interval more than a further seed of one does.
_NUM_TASKS, _NUM_SEEDS = 512, 1

Records = Mapping[str, Mapping[str, Any]]  # By activation.


def check_committed(name: str) -> None:
  """A claim names its function in a commit before it looks.

  Raises:
    UserError: there is no such function, or its file is not committed.
  """
  if name not in found.modules():
    raise UserError(f"no function {name} in evolve/found")
  path = f"evolve/found/{name}.py"
  tracked = ["git", "ls-files", "--error-unmatch", path]
  same = ["git", "diff", "--quiet", "HEAD", "--", path]
  for command in (tracked, same):
    if subprocess.run(command, capture_output=True, check=False).returncode:
      raise UserError(f"{path} is not committed; commit it first")


def score(name: str, stream: str, draw: int) -> Records:
  """The records of the function and its rivals; goes on with a run."""
  suite = Suite(stream, _NUM_TASKS, draw).label
  return scores_on(suite, f"{name}-{draw}", (name, *RIVALS))


def scores_on(suite: str, label: str, activations: Sequence[str]) -> Records:
  """Records on a suite, which are kept under a label; goes on with a run."""
  name = f"{label}-{suite.partition('@')[0]}"
  workdir, kept = _RUNS / name, _KEPT / name
  if not (kept / "summary.json").exists():
    arguments = (
      ["--resume"]
      if (workdir / "run.json").exists()
      else [
        f"--suite={suite}",
        f"--activations={','.join(activations)}",
        f"--num_seeds={_NUM_SEEDS}",
      ]
    )
    module = [sys.executable, "-m", "harness.score", f"--workdir={workdir}"]
    subprocess.run([*module, *arguments], check=True)
    kept.mkdir(parents=True, exist_ok=True)
    for file in _FILES:
      shutil.copyfile(workdir / file, kept / file)
  lines = records.read_jsonl(kept / "scores.jsonl")
  return {record["activation"]: record for record in lines}


def scores(record: Mapping[str, Any]) -> TaskScores:
  """The scores of tasks, which values are the mean of."""
  return TaskScores.of(record["scores_by_seed"], record["families"])


def skills(record: Mapping[str, Any]) -> TaskScores:
  """The OOD skill of tasks, the mean over seeds as if it were one."""
  by_task = {task: [skill] for task, skill in record["ood_skills"].items()}
  return TaskScores.of(by_task, record["families"])


def is_better(comparison: Comparison) -> bool:
  """True if ours is shown to be better."""
  return (
    comparison.adjusted is not None
    and comparison.adjusted < SIGNIFICANCE
    and comparison.difference.estimate.value > 0
  )


def above_margin(
  pairs: Mapping[str, tuple[TaskScores, TaskScores]],
) -> dict[str, Comparison]:
  """Tests whether ours plus MARGIN is better; all but that is "not shown"."""
  return evidence.compare(
    {
      rival: (TaskScores(ours.values + MARGIN, ours.families), theirs)
      for rival, (ours, theirs) in pairs.items()
    }
  )


def show(name: str, fresh: Records, heldout: Records) -> None:
  """Prints what is shown."""
  better = evidence.compare(
    {r: (scores(fresh[name]), scores(fresh[r])) for r in RIVALS}
  )
  print_table(
    "On fresh tasks",
    (f"{name} against", "lead in OOD score", "p (Holm)", "shown"),
    [
      (rival, x.numbers, f"{x.adjusted:.2g}", _word(is_better(x), "better"))
      for rival, x in better.items()
    ],
  )
  above = above_margin(
    {r: (skills(heldout[name]), skills(heldout[r])) for r in RIVALS}
  )
  print_table(
    "On held-out tasks",
    (f"{name} against", f"lead in mean OOD skill + {MARGIN}", "shown"),
    [
      (rival, x.numbers, _word(is_above(x), "non-inferior"))
      for rival, x in above.items()
    ],
  )


def is_above(comparison: Comparison) -> bool:
  """True if the whole adjusted interval is above 0."""
  low = comparison.difference.estimate.low
  return low is not None and low > 0


def draw(name: str, by_suite: Mapping[str, Records]) -> Figure:
  """Leads in OOD score over the rivals, with adjusted intervals."""
  leads = {
    f"{rival}, {suite}": comparison.difference.estimate
    for suite, found in by_suite.items()
    for rival, comparison in evidence.compare(
      {r: (scores(found[name]), scores(found[r])) for r in RIVALS}
    ).items()
  }
  return estimates.draw(
    list(leads),
    list(leads.values()),
    f"lead of {name} in OOD score over",
    reference=0.0,
  )


def _word(is_shown: bool, word: str) -> str:
  return word if is_shown else "not shown"


def main() -> None:
  name, number = sys.argv[1], int(sys.argv[2])
  check_committed(name)
  used = [path.name for path in _KEPT.glob(f"*-{number}-fresh")]
  if used and used != [f"{name}-{number}-fresh"]:
    raise UserError(f"draw {number} was used for {used[0]}; take another")
  by_suite = {
    Suite(stream, _NUM_TASKS, number).label: score(name, stream, number)
    for stream in ("fresh", "heldout")
  }
  show(name, *by_suite.values())
  draw(name, by_suite).savefig(
    _KEPT / f"{name}-{number}.png", dpi=150, bbox_inches="tight"
  )


if __name__ == "__main__":
  try:
    main()
  except UserError as error:
    console.say(f"error: {error}")
    sys.exit(1)
