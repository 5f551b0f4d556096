"""A claim about a function that a search found, on tasks that nobody has used.

  python -m tests.bench.strategies.claim NAME DRAW

NAME is a function of evolve/found, which must be committed. It and its rivals
are scored by themselves on fresh@2/512/DRAW, where it is to be better than each
of them, and on heldout@2/512/DRAW, where it is to be non-inferior to each: its
mean OOD skill below theirs by less than 0.02. Both are adjusted for the five
rivals by Holm's method. Then the same is asked without the tasks that earlier
draws have in common with these, and for tasks of any generators. Records are in
results/strategies/claims. A draw is for one function.
"""

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from evolve import found
from harness.core import comparisons, console, records
from harness.core.comparisons import Comparison
from harness.core.errors import UserError
from harness.core.evidence import TaskScores
from harness.core.printed_table import print_table
from harness.reporting.figures import estimates
from tasks.lab.suites import Suite
from tests.bench.strategies import harder

RIVALS = ("gelu", "swish", "hard_swish", "gelusine", "gelu_sinc_perturbation")
SIGNIFICANCE = 0.01
MARGIN = 0.02  # Of mean OOD skill.
_RUNS = Path("runs/claims")
_KEPT = Path("results/strategies/claims")
_FILES = ("run.json", "scores.jsonl", "summary.json")
# A further task narrows an interval more than a further seed of one does.
_NUM_TASKS, _NUM_SEEDS = 512, 1

Records = Mapping[str, Mapping[str, Any]]  # By activation.
Pair = tuple[TaskScores, TaskScores]


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
  """The records of the function and its rivals; goes on with a run.

  Each draw has a seed of its own: tasks in common are trained anew.
  """
  suite = Suite(stream, _NUM_TASKS, draw).label
  return scores_on(suite, f"{name}-{draw}", (name, *RIVALS), seed=draw - 1)


def scores_on(
  suite: str, label: str, activations: Sequence[str], seed: int = 0
) -> Records:
  """Records on a suite, which are kept under a label; goes on with a run.

  Raises:
    UserError: what is kept is of another suite.
  """
  workdir, kept = _RUNS / kept_name(label, suite), kept_folder(label, suite)
  if not (kept / "summary.json").exists():
    arguments = (
      ["--resume"]
      if (workdir / "run.json").exists()
      else [
        f"--suite={suite}",
        f"--activations={','.join(activations)}",
        f"--num_seeds={_NUM_SEEDS}",
        f"--seed={seed}",
      ]
    )
    module = [sys.executable, "-m", "harness.score", f"--workdir={workdir}"]
    subprocess.run([*module, *arguments], check=True)
    kept.mkdir(parents=True, exist_ok=True)
    for file in _FILES:
      shutil.copyfile(workdir / file, kept / file)
  lines = records.read_jsonl(kept / "scores.jsonl")
  if any(record["suite"] != suite for record in lines):
    raise UserError(f"{kept} is of another draw than {suite}; remove it")
  return {record["activation"]: record for record in lines}


def kept_name(label: str, suite: str) -> str:
  """The name of the folder of records on a suite."""
  return f"{label}-{suite.partition('@')[0]}"


def kept_folder(label: str, suite: str) -> Path:
  """The folder where records on a suite are kept."""
  return _KEPT / kept_name(label, suite)


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


def above_margin(pairs: Mapping[str, Pair]) -> dict[str, Comparison]:
  """Tests whether ours plus MARGIN is better; all but that is "not shown"."""
  return comparisons.compare(_with_margin(pairs))


def _with_margin(pairs: Mapping[str, Pair]) -> dict[str, Pair]:
  return {
    rival: (dataclasses.replace(ours, values=ours.values + MARGIN), theirs)
    for rival, (ours, theirs) in pairs.items()
  }


def _pairs(
  measure: Callable[[Mapping[str, Any]], TaskScores],
  found: Records,
  name: str,
) -> dict[str, Pair]:
  """Ours with each rival's."""
  return {r: (measure(found[name]), measure(found[r])) for r in RIVALS}


def show(name: str, fresh: Records, heldout: Records) -> None:
  """Prints what is shown."""
  better = comparisons.compare(_pairs(scores, fresh, name))
  print_table(
    "On fresh tasks",
    (f"{name} against", "lead in OOD score", "p (Holm)", "shown"),
    [
      (rival, x.numbers, f"{x.adjusted:.2g}", _word(is_better(x), "better"))
      for rival, x in better.items()
    ],
  )
  above = above_margin(_pairs(skills, heldout, name))
  print_table(
    "On held-out tasks",
    (f"{name} against", f"lead in mean OOD skill + {MARGIN}", "shown"),
    [
      (rival, x.numbers, _word(is_above(x), "non-inferior"))
      for rival, x in above.items()
    ],
  )


def show_harder(
  title: str, pairs: Mapping[str, Pair], seen: Collection[str]
) -> None:
  """Prints the same without the tasks seen before, and over generators."""
  unseen = {
    rival: (harder.without(ours, seen), harder.without(theirs, seen))
    for rival, (ours, theirs) in pairs.items()
  }
  clustered = {
    rival: harder.over_generators(*pair) for rival, pair in pairs.items()
  }
  adjusted = comparisons.holm(
    [found.p_value or 0.0 for found in clustered.values()]
  )
  ours, _ = next(iter(unseen.values()))
  print_table(
    title,
    (
      "against",
      f"on the {len(ours.names)} tasks not seen before",
      "p (Holm)",
      "over generators (95% CI)",
      "p (Holm)",
    ),
    [
      (
        rival,
        found.numbers,
        f"{found.adjusted:.2g}",
        "{:+.3f}, {:+.3f} to {:+.3f}".format(*clustered[rival].estimate),
        f"{over.p_value:.2g}",
      )
      for (rival, found), over in zip(
        comparisons.compare(unseen).items(), adjusted, strict=True
      )
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
    for rival, comparison in comparisons.compare(
      _pairs(scores, found, name)
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
  fresh, heldout = by_suite.values()
  show(name, fresh, heldout)
  for title, stream, pairs in (
    ("Lead in OOD score on fresh tasks", "fresh", _pairs(scores, fresh, name)),
    (
      f"Lead in mean OOD skill on held-out tasks + {MARGIN}",
      "heldout",
      _with_margin(_pairs(skills, heldout, name)),
    ),
    (
      "Lead in OOD score on held-out tasks",
      "heldout",
      _pairs(scores, heldout, name),
    ),
  ):
    show_harder(title, pairs, harder.seen(stream, number, _NUM_TASKS))
  draw(name, by_suite).savefig(
    _KEPT / f"{name}-{number}.png", dpi=150, bbox_inches="tight"
  )


if __name__ == "__main__":
  try:
    main()
  except UserError as error:
    console.say(f"error: {error}")
    sys.exit(1)
