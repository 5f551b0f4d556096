"""The proposer that tunes the constants of the best structures."""

import numpy as np

from evolve.program import Program
from evolve.proposers.evolution_strategy import EvolutionStrategy, outcome
from evolve.proposers.expression.simplify import round_constant
from evolve.proposers.immediate import ImmediateProposer, unseen
from evolve.proposers.mutator import MutatorProposer
from evolve.proposers.template import Template
from evolve.proposers.tuning.constants import split
from evolve.search.archive import Elite
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.fitness import Report
from harness.core.parameters import Share

# With more, a campaign is too short to tell directions apart.
_MAX_CONSTANTS = 12
# Of the logarithm of a constant, or of a constant that is 0.
_STEP = 0.3
# Constants stay within a factor of e^7, some 1,100.
_FURTHEST = 7.0


class _Campaign:
  """The tuning of one structure.

  Attributes:
    num_turns: slots that it wrote so far.
  """

  def __init__(self, elite: Elite, report: Report):
    """Begins at the constants of an elite, which had that report."""
    self.num_turns = 0
    self._parent = elite.program_id
    self._structure, constants = split(elite.source)
    self._start = np.array(constants)
    zero = np.zeros_like(self._start)
    self._strategy = EvolutionStrategy(zero, _STEP)
    self._strategy.tell(zero, report)

  def propose(self, rng: np.random.Generator) -> Program:
    """The structure with other constants."""
    point = self._strategy.ask(rng).clip(-_FURTHEST, _FURTHEST)
    # A factor keeps the sign; 0 has none.
    constants = np.where(self._start, self._start * np.exp(point), point)
    source = self._structure.source([round_constant(c) for c in constants])
    return Program(source, (self._parent,))

  def learn(self, program: Program, report: Report) -> None:
    """Takes in the outcome of a program that it proposed."""
    text = program.sharing(Share.FROZEN).source
    constants = np.array(self._structure.numbers(text))
    factors = constants / np.where(self._start, self._start, 1.0)
    point = np.log(factors, out=constants.copy(), where=self._start != 0)
    self._strategy.tell(point, report)


class ConstantTuner(ImmediateProposer):
  """Tunes the constants of one structure after the other by CMA-ES.

  The next structure is that of the best elite which has constants, and a
  structure that was not tuned before. While there is none, a mutator writes.
  See `Proposer`.
  """

  def __init__(self, mutator: MutatorProposer, evaluations: int):
    """Makes a tuner.

    Args:
      mutator: writes where there is nothing to tune.
      evaluations: of each structure.
    """
    self._mutator = mutator
    self._evaluations = evaluations
    self._campaign: _Campaign | None = None
    self._tuned: set[Template] = set()
    self._slots: dict[int, _Campaign] = {}  # Whose results are to come.

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few draws find one."""
    campaign = self._take_turn(slot, population)
    if campaign is None:
      return self._mutator.propose(slot, population, rng)
    return unseen(lambda: campaign.propose(rng), population)

  def recall(self, slot: int, program: Program, population: Population) -> None:
    """Takes the turn as `propose` did; what it wrote comes with its result."""
    self._take_turn(slot, population)

  def learn(self, row: Row, population: Population) -> None:
    if campaign := self._slots.pop(row.slot, None):
      campaign.learn(row.program, outcome(row.report, population.database))

  def _take_turn(self, slot: int, population: Population) -> _Campaign | None:
    """The campaign that writes a slot; None if the mutator does."""
    campaign = self._campaign
    if campaign is None or campaign.num_turns >= self._evaluations:
      campaign = self._campaign = self._next_campaign(population)
    if campaign:
      campaign.num_turns += 1
      self._slots[slot] = campaign
    return campaign

  def _next_campaign(self, population: Population) -> _Campaign | None:
    for elite in population.archive.elites():
      structure, constants = split(elite.source)
      if 1 <= len(constants) <= _MAX_CONSTANTS and (
        structure not in self._tuned
      ):
        self._tuned.add(structure)
        return _Campaign(elite, population.database.report(elite.program_id))
    return None
