"""Regularised evolution of formulas with trained parameters."""

import collections

import numpy as np

from evolve.program import Program
from evolve.proposers.evolution_strategy import merit, outcome
from evolve.proposers.immediate import ImmediateProposer, unseen
from evolve.proposers.pangaea import mutations
from evolve.proposers.spaces.formula import Formula, of_program, source
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.parameters import Share

# A quarter of the published 64 and 16, which are for a thousand candidates:
# searches here have a hundred or a few.
SIZE, TOURNAMENT = 16, 4


def share_of(parameters: Share) -> Share:
  """The sharing of what it writes, in a search with that of all others."""
  return Share.CHANNEL if parameters is Share.FROZEN else parameters


class PangaeaProposer(ImmediateProposer):
  """PANGAEA, arXiv 2006.03179; see `Proposer`.

  A child is a mutant of the best of a few members of the population, drawn at
  random; it replaces the oldest member (Real et al., arXiv 1802.01548). Its
  parameters are trained by channel, as published, unless the search says
  otherwise. Programs of generation zero are no members.
  """

  def __init__(self, size: int = SIZE, tournament: int = TOURNAMENT):
    """Begins with an empty population, which random formulas fill.

    Args:
      size: of the population.
      tournament: how many members are drawn for each child.
    """
    self._tournament = tournament
    self._members: collections.deque[tuple[tuple[int, float], Formula, str]] = (
      collections.deque(maxlen=size)
    )

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few attempts find one."""
    share = share_of(population.parameters)

    def draw() -> Program:
      parents: tuple[str, ...] = ()
      if len(self._members) < (self._members.maxlen or 0):
        formula = mutations.draw(rng)
      else:
        drawn = rng.choice(
          len(self._members), size=self._tournament, replace=False
        )
        _, parent, program_id = max(
          (self._members[i] for i in drawn), key=lambda member: member[0]
        )
        formula, parents = mutations.mutate(parent, rng), (program_id,)
      text = source(mutations.parametrised(formula, rng))
      return Program(text, parents).sharing(share)

    return unseen(draw, population)

  def learn(self, row: Row, population: Population) -> None:
    formula = of_program(row.program.source)
    assert formula is not None, "it writes formulas only"
    value = merit(outcome(row.report, population.database))
    self._members.append((value, formula, row.program.id))
