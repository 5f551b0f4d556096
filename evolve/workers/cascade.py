"""The rungs of an evaluation, each on a fitness, such as a cheap screen."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from harness.core.fitness import Activation, Fidelity, Fitness, Report


class Rung(NamedTuple):
  """One evaluation, after which a candidate may be stopped.

  Attributes:
    name: unique among the rungs of a cascade.
    fitness: its name among the pool's.
    seed: of the evaluation.
    fidelity: of the evaluation.
  """

  name: str
  fitness: str
  seed: int
  fidelity: Fidelity


class Entry(NamedTuple):
  """One candidate of a batch.

  Attributes:
    first: the index of the first rung that it goes through.
    thresholds: by the index of a rung, the value below which it goes through
      no later one; None, as for rungs without an entry, for none.
  """

  first: int = 0
  thresholds: tuple[float | None, ...] = ()

  def stops(self, number: int, report: Report) -> bool:
    """True if a candidate with this report goes through no later rung."""
    if report.value is None:
      return True
    threshold = dict(enumerate(self.thresholds)).get(number)
    return threshold is not None and report.value < threshold


ALL_RUNGS = Entry()


@dataclasses.dataclass(frozen=True)
class Cascade:
  """The rungs of an evaluation after the probe, from the first."""

  rungs: tuple[Rung, ...]

  @classmethod
  def single(cls, fitness: str, seed: int, fidelity: Fidelity) -> "Cascade":
    """A cascade of one rung."""
    return cls((Rung("full", fitness, seed, fidelity),))

  @property
  def names(self) -> tuple[str, ...]:
    """The names of the rungs."""
    return tuple(rung.name for rung in self.rungs)

  def to_json(self) -> list[Any]:
    return [
      [*rung[:-1], dataclasses.asdict(rung.fidelity)] for rung in self.rungs
    ]

  @classmethod
  def from_json(cls, record: Sequence[Any]) -> "Cascade":
    """The inverse of `to_json`."""
    return cls(
      tuple(
        Rung(name, fitness, seed, Fidelity(**fidelity))
        for name, fitness, seed, fidelity in record
      )
    )

  def run(
    self,
    fitnesses: Mapping[str, Fitness],
    activations: Sequence[Activation],
    entries: Sequence[Entry],
    enter: Callable[[str], None] = lambda rung: None,
  ) -> list[list[Report]]:
    """Evaluates a batch.

    Args:
      fitnesses: by name.
      activations: the batch.
      entries: how each goes through the cascade.
      enter: told the name of each rung as it begins.

    Returns:
      For each activation its reports, of the rungs that it went through.
    """
    reports: list[list[Report]] = [[] for _ in activations]
    going = set(range(len(activations)))
    before: Rung | None = None
    for number, rung in enumerate(self.rungs):
      ours = [i for i in sorted(going) if entries[i].first <= number]
      # A rung that repeats the one before it has the same results.
      repeats = before is not None and rung[1:] == before[1:]
      new = [i for i in ours if not (repeats and reports[i])]
      found = {i: reports[i][-1] for i in ours if i not in new}
      if new:
        enter(rung.name)
        evaluated = fitnesses[rung.fitness].evaluate(
          [activations[i] for i in new], rung.seed, rung.fidelity
        )
        found |= dict(zip(new, evaluated, strict=True))
      for i in ours:
        reports[i].append(found[i])
        if entries[i].stops(number, found[i]):
          going.remove(i)
      before = rung
    return reports
