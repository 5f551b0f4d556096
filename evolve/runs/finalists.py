"""Programs that were evaluated again after a search, and their comparisons.

The winner is chosen on tasks of the search's own stream. Fresh and held-out
tasks report and never choose; the verdicts are on them.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from harness.core.comparisons import Comparison, compare
from harness.core.evidence import TaskScores
from harness.core.fitness import Report, Status
from harness.core.population import population

# Fitnesses of the verification, as the pool and the database call them: the
# search's tasks with new seeds, further tasks of its stream, fresh tasks of the
# same generators, tasks of other generators. An objective of a user's own has
# the first one only.
AGAIN = "again"
FURTHER = "further"
FRESH = "fresh"
HELDOUT = "heldout"
_CHOOSING = (AGAIN, FURTHER)
_REPORTING = (FRESH, HELDOUT)

# The suite of each of them that a search has, by its name.
Suites = Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Finalist:
  """A program that was evaluated again.

  Attributes:
    name: of a named activation, else "slot" and its number.
    program_id: see Program.
    slot: its first slot in the search; None for a reference that it never had.
    search_value: its value in the search; None if it has none.
    is_found: whether it is one of the archive's best.
    is_reference: whether it is one of the activations that the winner is to be
      compared with.
    is_origin: whether it is the best of generation zero.
    choice: its report on new seeds and further tasks, where the winner is
      chosen; None if that is not known yet.
    reports: its reports on fresh and on held-out tasks that are known, by name.
  """

  name: str
  program_id: str
  slot: int | None
  search_value: float | None
  is_found: bool
  is_reference: bool
  is_origin: bool
  choice: Report | None
  reports: Mapping[str, Report]

  @property
  def is_rival(self) -> bool:
    """True if the winner is compared with it."""
    return self.is_reference or self.is_origin

  @property
  def value(self) -> float | None:
    """Its value where the winner is chosen; None without one."""
    return self.choice.value if self.choice else None

  @property
  def fall(self) -> float | None:
    """Its value in the search minus that on new seeds; None without both."""
    if self.value is None or self.search_value is None:
      return None
    return self.search_value - self.value


def choice_of(suites: Suites, reports: Mapping[str, Report]) -> Report | None:
  """The report that the winner is chosen by; None before all of it is known."""
  wanted = [name for name in _CHOOSING if name in suites]
  if not all(name in reports for name in wanted):
    return None
  return pooled([reports[name] for name in wanted])


def reporting(suites: Suites) -> list[str]:
  """Names of the fitnesses that only report."""
  return [name for name in _REPORTING if name in suites]


def pooled(reports: Sequence[Report]) -> Report:
  """One report on the tasks of several, with the same seeds.

  A task of two reports counts once. A failure stands for all.
  """
  first, *others = reports
  for report in reports:
    if report.status is not Status.OK:
      return report
  found = first
  for other in others:
    found = dataclasses.replace(
      found,
      scores_by_seed={**found.scores_by_seed, **other.scores_by_seed},
      ood_skills={**found.ood_skills, **other.ood_skills},
      id_scores={**found.id_scores, **other.id_scores},
      id_loss={**found.id_loss, **other.id_loss},
      ood_loss={**found.ood_loss, **other.ood_loss},
      families={**found.families, **other.families},
      seconds=found.seconds + other.seconds,
    )
  return found


def ranked(finalists: Iterable[Finalist]) -> list[Finalist]:
  """The best where the winner is chosen first; what has no value last."""
  return sorted(finalists, key=lambda f: 1.0 if f.value is None else -f.value)


def winner_of(finalists: Iterable[Finalist]) -> Finalist | None:
  """The best found program where it is chosen; None before that is known."""
  found = (f for f in ranked(finalists) if f.is_found and f.choice)
  return next(found, None)


def against_rivals(
  winner: Finalist, finalists: Iterable[Finalist], suites: Suites
) -> dict[tuple[str, str], Comparison]:
  """The winner against each rival, by the rival's name and the fitness.

  All verdicts and intervals are adjusted together.
  """
  return compare(rival_pairs(winner, finalists, suites))


def rival_pairs(
  winner: Finalist, finalists: Iterable[Finalist], suites: Suites
) -> dict[tuple[str, str], tuple[TaskScores, TaskScores]]:
  """Scores of the winner and of each rival, by its name and the fitness.

  On fresh and on held-out tasks; where there are none, on new seeds, which the
  choice flatters. The rivals are in the order of `ranked`.
  """
  ours = _evidence(winner, suites)
  pairs: dict[tuple[str, str], tuple[TaskScores, TaskScores]] = {}
  rivals = [f for f in ranked(finalists) if f.is_rival]
  for name, report in ours.items():
    for rival in rivals:
      theirs = _evidence(rival, suites).get(name)
      a, b = report.task_scores, theirs and theirs.task_scores
      if rival is not winner and a and b and a.pairs_with(b):
        pairs[rival.name, name] = a, b
  return pairs


def evidence_suites(suites: Suites) -> dict[str, str]:
  """The suites that verdicts are on, by fitness."""
  return {name: suites[name] for name in reporting(suites) or [AGAIN]}


def place(suites: Suites, name: str, *, drawn: bool) -> str:
  """The subject of a verdict, in words."""
  words = population(suites[name], drawn=drawn)
  return f"{words}, new seeds" if name == AGAIN else words


def _evidence(finalist: Finalist, suites: Suites) -> dict[str, Report]:
  """The reports that verdicts are on, by fitness."""
  if reporting(suites):
    return dict(finalist.reports)
  return {AGAIN: finalist.choice} if finalist.choice else {}
