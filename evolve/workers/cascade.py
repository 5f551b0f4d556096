"""The stages of an evaluation: the cheap screen, then full fidelity."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from harness.core.fitness import Activation, Fidelity, Fitness, Report, Status


class Entry(NamedTuple):
  """One candidate of a batch.

  Attributes:
    is_screened: whether it goes through the screen.
    threshold: the screen's value below which it is SCREENED; None for none.
  """

  is_screened: bool
  threshold: float | None


UNSCREENED = Entry(is_screened=False, threshold=None)


@dataclasses.dataclass(frozen=True)
class Cascade:
  """The stages of an evaluation after the probe.

  Attributes:
    fitness: its name among the pool's.
    seed: of the evaluation.
    full: full fidelity.
    screen: fidelity of the cheap screen; None if no candidate goes through.
  """

  fitness: str
  seed: int
  full: Fidelity
  screen: Fidelity | None = None

  def to_json(self) -> dict[str, Any]:
    return dataclasses.asdict(self)

  @classmethod
  def from_json(cls, record: dict[str, Any]) -> "Cascade":
    """The inverse of `to_json`."""
    full, screen = record["full"], record["screen"]
    return cls(
      record["fitness"],
      record["seed"],
      Fidelity(**full),
      screen and Fidelity(**screen),
    )

  def run(
    self,
    fitness: Fitness,
    activations: Sequence[Activation],
    entries: Sequence[Entry],
    enter: Callable[[str], None] = lambda stage: None,
  ) -> list[Report]:
    """Evaluates a batch.

    Args:
      fitness: the one that `self.fitness` names.
      activations: the batch.
      entries: how each goes through the cascade.
      enter: told "screen" and "full" as each stage begins.
    """
    reports: list[Report | None] = [None] * len(activations)
    screened = [i for i, entry in enumerate(entries) if entry.is_screened]
    values: dict[int, float | None] = {}
    if screened:
      assert self.screen, "a screened candidate, but no screen"
      enter("screen")
      found = fitness.evaluate(
        [activations[i] for i in screened], self.seed, self.screen
      )
      for i, report in zip(screened, found, strict=True):
        values[i] = report.value
        reports[i] = _stopped(report, entries[i].threshold)
        if reports[i] is None and self.screen == self.full:
          reports[i] = dataclasses.replace(report, screen_value=report.value)
    passed = [i for i, report in enumerate(reports) if report is None]
    if passed:
      enter("full")
      found = fitness.evaluate(
        [activations[i] for i in passed], self.seed, self.full
      )
      for i, report in zip(passed, found, strict=True):
        reports[i] = dataclasses.replace(report, screen_value=values.get(i))
    return [report for report in reports if report]


def _stopped(report: Report, threshold: float | None) -> Report | None:
  """The report of a candidate that the screen stops; None if it goes on."""
  value = report.value
  if value is None:
    return report
  if threshold is None or value >= threshold:
    return None
  return dataclasses.replace(report, status=Status.SCREENED, screen_value=value)
