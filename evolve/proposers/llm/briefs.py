"""Briefs for language models: the parents of a slot, and their results."""

import statistics
from collections.abc import Mapping

import numpy as np

from evolve.admission.admission import Admission
from evolve.proposers.llm.prompts import Brief, Example, draw_instruction
from evolve.search.archive import Elite
from evolve.search.population import Population
from harness.core.fitness import Report, Status

_NUM_INSPIRATIONS = 2
_FAILURES = {
  Status.INVALID,
  Status.OVER_BUDGET,
  Status.DIVERGED,
  Status.TIMEOUT,
  Status.CRASHED,
}


class Briefs:
  """Composes briefs; remembers the last failed child of each program."""

  def __init__(self, admission: Admission, goal: str):
    self._admission = admission
    self._goal = goal
    self._failures: dict[str, str] = {}  # By the id of the main parent.

  def learn(self, parents: tuple[str, ...], report: Report) -> None:
    """Takes in the end of a child."""
    if parents and report.status in _FAILURES:
      self._failures[parents[0]] = report.feedback

  def compose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> tuple[Brief, tuple[str, ...]]:
    """A brief, and the ids of the programs in it, the main parent first."""
    archive = population.archive
    island = archive.island_of(slot)
    (parent,) = population.select(slot, rng, 1)
    others = archive.inspirations(parent, island, rng, _NUM_INSPIRATIONS)
    niche = archive.empty_niche_beside(parent, rng)
    instruction = draw_instruction(
      rng, has_inspirations=bool(others), has_empty_niche=niche is not None
    )
    brief = Brief(
      parent=self._example(parent, population),
      inspirations=tuple(self._example(elite, population) for elite in others),
      instruction=instruction,
      empty_niche=niche,
      goal=self._goal,
      max_flops=self._admission.budget.max_flops,
      max_memory=self._admission.budget.max_memory,
      pointwise_only=self._admission.pointwise_only,
      parameters=population.parameters,
    )
    return brief, tuple(e.program_id for e in (parent, *others))

  def _example(self, elite: Elite, population: Population) -> Example:
    report = population.database.report(elite.program_id)
    cost = population.database.cost(elite.program_id)
    return Example(
      source=elite.source,
      value=elite.value,
      feedback=report.feedback,
      id_loss=_mean(report.id_loss),
      ood_loss=_mean(report.ood_loss),
      flops=cost.flops if cost else 0.0,
      last_failure=self._failures.get(elite.program_id),
    )


def _mean(losses: Mapping[str, float]) -> float | None:
  return statistics.fmean(losses.values()) if losses else None
