"""The proposer that follows predictions."""

from collections.abc import Sequence

import numpy as np

from evolve.program import Program
from evolve.proposers.evolution_strategy import outcome
from evolve.proposers.immediate import ImmediateProposer
from evolve.proposers.spaces.formula import Formula, of_program, source
from evolve.search.database import Row
from evolve.search.population import Population
from evolve.surrogate.predictors import Predictor
from harness.core.errors import UserError


class SurrogateProposer(ImmediateProposer):
  """Writes the formula with the best prediction that it hasn't written yet.

  AQuaSurF, arXiv 2301.05785: baselines first, then predictions from all
  outcomes so far, without a term for exploration. See `Proposer`.
  """

  def __init__(
    self,
    formulas: Sequence[Formula],
    predictor: Predictor,
    baselines: Sequence[Formula],
  ):
    """Begins with nothing written.

    Args:
      formulas: a space, as functions that differ.
      predictor: of their values.
      baselines: formulas of the space that come first.
    """
    self._formulas = formulas
    self._predictor = predictor
    self._places = {formula: i for i, formula in enumerate(formulas)}
    self._first = [self._places[formula] for formula in baselines]
    self._left = np.ones(len(formulas), bool)
    self._known: dict[int, float] = {}

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """The next formula.

    Raises:
      UserError: all formulas were written.
    """
    if not self._left.any():
      raise UserError(
        f"all {len(self._formulas):,} formulas of the space are evaluated; "
        "lower --budget or --evaluations"
      )
    first = [place for place in self._first if self._left[place]]
    place = first[0] if first else self._best(rng)
    self._left[place] = False
    return Program(source(self._formulas[place]))

  def recall(self, slot: int, program: Program, population: Population) -> None:
    self._left[self._place(program)] = False

  def learn(self, row: Row, population: Population) -> None:
    report = outcome(row.report, population.database)
    self._known[self._place(row.program)] = report.value_or_screen

  def _best(self, rng: np.random.Generator) -> int:
    known = np.array(list(self._known), int)
    scores = np.array(list(self._known.values()), float)
    merits = self._predictor.predict(known, scores, rng).mean.copy()
    merits[~self._left] = -np.inf
    if merits.max() == -np.inf:  # Those that are left lack features.
      merits[self._left] = 0.0
    return int(rng.choice(np.flatnonzero(merits == merits.max())))

  def _place(self, program: Program) -> int:
    formula = of_program(program.source)
    assert formula is not None, "it writes formulas only"
    return self._places[formula]
