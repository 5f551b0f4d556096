"""Winners of searches on the tasks that verdicts are on.

These are the fresh and held-out tasks of their own verification, and whatever
other ones a run of harness.score has evaluated their files on. An objective of
a user's own has neither, and is evaluated with new seeds.
"""

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evolve import candidates
from evolve.runs.finalists import Finalist
from harness.core.evidence import TaskScores
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.search_run import SearchRun

# What leads are over: the function that a free-form curve starts from.
REFERENCE = "hard_swish"

_FRESH, _HELDOUT = "fresh@", "heldout@"


class Scored(NamedTuple):
  """The winner of a search on some tasks.

  Attributes:
    winner: its scores.
    reference: those of REFERENCE on the same tasks and seeds; None if it was
      not evaluated beside the winner.
  """

  winner: TaskScores
  reference: TaskScores | None

  @property
  def value(self) -> float:
    return float(self.winner.values.mean())

  @property
  def lead(self) -> float | None:
    """The winner's value minus that of the reference, if there is one."""
    if self.reference is None:
      return None
    return self.value - float(self.reference.values.mean())


# By program id.
_Scores = Mapping[str, TaskScores | None]
# By tasks, then by the label of the run.
Winners = Mapping[str, Mapping[str, Scored]]


def on_all_tasks(
  searches: Sequence[SearchRun], labs: Sequence[LabRun]
) -> Winners:
  """The winners that were verified, on all tasks that verdicts are on.

  Scores of harness.score are of the winner's program, whatever its file.
  """
  found: dict[str, dict[str, Scored]] = defaultdict(dict)
  scored = _scored(labs)
  for run in searches:
    if run.winner is None:
      continue
    for tasks, scores in [*_verified(run).items(), *scored.items()]:
      _add(found[tasks], run, run.winner, scores)
  return {tasks: by_run for tasks, by_run in found.items() if by_run}


def are_fresh(tasks: str) -> bool:
  """True for tasks of the generators that the lab has."""
  return tasks.startswith(_FRESH)


def search_lead(run: SearchRun) -> float | None:
  """The lead of the winner over the reference, as the search saw it.

  None unless the reference was in generation zero and was verified.
  """
  reference = next(
    (f for f in run.finalists if f.program_id == _reference_id()), None
  )
  if run.winner is None or reference is None or reference.slot is None:
    return None
  ours, theirs = run.winner.search_value, reference.search_value
  if reference.slot >= run.num_zero or ours is None or theirs is None:
    return None
  return ours - theirs


@functools.cache
def _reference_id() -> str:
  return candidates.resolve(REFERENCE).id


def _add(
  by_run: dict[str, Scored], run: SearchRun, winner: Finalist, scores: _Scores
) -> None:
  """Adds the winner of a run, if it is among the scores."""
  if ours := scores.get(winner.program_id):
    reference = scores.get(_reference_id())
    by_run[run.directory.label] = Scored(ours, reference)


def _verified(run: SearchRun) -> dict[str, _Scores]:
  """Scores of a run's verification by tasks."""
  found: dict[str, dict[str, TaskScores | None]] = defaultdict(dict)
  for finalist in run.finalists:
    for tasks, report in run.reports(finalist).items():
      if report:
        found[tasks][finalist.program_id] = report.task_scores
  return dict(found)


def _scored(labs: Sequence[LabRun]) -> dict[str, _Scores]:
  """Scores of harness.score by conditions."""
  found: dict[str, dict[str, TaskScores | None]] = defaultdict(dict)
  for lab in labs:
    if lab.suite.startswith((_FRESH, _HELDOUT)):
      found[lab.conditions] |= {s.program_id: s.skills for s in lab.scores}
  return dict(found)
