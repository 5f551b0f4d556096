"""What a language model is told for a slot: parents, and how they fared."""

import statistics
from collections.abc import Mapping

import numpy as np

from evolve.admission.probe import Admission
from evolve.proposers.llm.prompts import Brief, Example, draw_instruction
from evolve.search.archive import Archive, Elite
from evolve.search.database import Database
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

  def __init__(self, database: Database, admission: Admission):
    self._database = database
    self._admission = admission
    self._failures: dict[str, str] = {}  # By the id of the main parent.

  def learn(self, parents: tuple[str, ...], report: Report) -> None:
    """Takes in how a child ended."""
    if parents and report.status in _FAILURES:
      self._failures[parents[0]] = report.feedback

  def compose(
    self, archive: Archive, island: int, rng: np.random.Generator
  ) -> tuple[Brief, tuple[str, ...]]:
    """A brief, and the ids of the programs in it, the main parent first."""
    (parent,) = archive.select(island, rng, 1)
    others = archive.inspirations(parent, island, rng, _NUM_INSPIRATIONS)
    niche = archive.empty_niche_beside(parent, rng)
    instruction = draw_instruction(
      rng, has_inspirations=bool(others), has_empty_niche=niche is not None
    )
    brief = Brief(
      parent=self._example(parent),
      inspirations=tuple(self._example(elite) for elite in others),
      instruction=instruction,
      empty_niche=niche,
      max_flops=self._admission.budget.max_flops,
      max_memory=self._admission.budget.max_memory,
      pointwise_only=self._admission.pointwise_only,
    )
    return brief, tuple(e.program_id for e in (parent, *others))

  def _example(self, elite: Elite) -> Example:
    report = self._database.report(elite.program_id)
    cost = self._database.cost(elite.program_id)
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
