"""The rungs of an evaluation, each on a fitness, such as a cheap screen."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from harness.core.fitness import Activation, Fidelity, Fitness, Report


class Rung(NamedTuple):
  """One evaluation, after which a candidate may be stopped.

  Attributes:
    name: unique among the rungs of a cascade.
    fitness: its name among the pool's.
    seed: of the evaluation.
    fidelity: of the evaluation.
    is_pooled: whether a threshold is compared with the mean of its value and
      those of the pooled rungs before it, or with its own value.
  """

  name: str
  fitness: str
  seed: int
  fidelity: Fidelity
  is_pooled: bool = True


class Entry(NamedTuple):
  """One candidate of a batch.

  Attributes:
    first: the index of the first rung that it goes through.
    thresholds: by the index of a rung, the value below which it goes through
      no later one; None, as for rungs without an entry, for none.
  """

  first: int = 0
  thresholds: tuple[float | None, ...] = ()

  def stops(self, number: int, value: float | None) -> bool:
    """True if a candidate with this value goes through no later rung."""
    threshold = dict(enumerate(self.thresholds)).get(number)
    return value is None or (threshold is not None and value < threshold)


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
      [name, fitness, seed, dataclasses.asdict(fidelity), is_pooled]
      for name, fitness, seed, fidelity, is_pooled in self.rungs
    ]

  @classmethod
  def from_json(cls, record: Sequence[Any]) -> "Cascade":
    """The inverse of `to_json`."""
    return cls(
      tuple(
        Rung(name, fitness, seed, Fidelity(**fidelity), is_pooled)
        for name, fitness, seed, fidelity, is_pooled in record
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
    pooled: list[list[float]] = [[] for _ in activations]
    going = set(range(len(activations)))
    for number, rung in enumerate(self.rungs):
      ours = [i for i in sorted(going) if entries[i].first <= number]
      new = [i for i in ours if not (self.repeats(number) and reports[i])]
      found = {i: reports[i][-1] for i in ours if i not in new}
      if new:
        enter(rung.name)
        evaluated = fitnesses[rung.fitness].evaluate(
          [activations[i] for i in new], rung.seed, rung.fidelity
        )
        found |= dict(zip(new, evaluated, strict=True))
      for i, report in found.items():
        reports[i].append(report)
        value = report.value
        if rung.is_pooled and value is not None:
          pooled[i].append(value)
          value = float(np.mean(pooled[i]))
        if entries[i].stops(number, value):
          going.remove(i)
    return reports

  def repeats(self, number: int) -> bool:
    """True for a rung with the same results as the one before it."""
    return number > 0 and self.rungs[number][1:4] == self.rungs[number - 1][1:4]
