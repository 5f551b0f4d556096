"""The free-form reference: CMA-ES over the control points of a smooth curve."""

import numpy as np

from evolve.program import Program
from evolve.proposers.evolution_strategy import EvolutionStrategy, outcome
from evolve.proposers.immediate import ImmediateProposer, unseen
from evolve.proposers.spline import curve
from evolve.search.database import Row
from evolve.search.population import Population

# Pre-activations as a network meets them, about normal.
_DEVIATION = 1.5
_INPUTS = np.linspace(-8.0, 8.0, 1601)
# Weight of the curvature of a change beside its size; see BUILD_NOTES.md.
_CURVATURE = 0.1
# Root mean square change of the curve by the first steps; hard_swish has a root
# mean square of 0.9.
_STEP = 0.1


def _start() -> np.ndarray:
  """The coefficients of hard_swish, [17]."""
  values: np.ndarray = curve.KNOTS * np.clip(curve.KNOTS + 3, 0, 6) / 6
  return curve.interpolating(values)


def _directions() -> np.ndarray:
  """Changes of all coefficients that change the curve alike, [17, 17].

  The columns are orthogonal, and equal in size, by the mean over
  pre-activations of the squared change of the curve and of its curvature. So
  steps are smooth, and larger where inputs are rare. All together change the
  curve by a root mean square of 1.
  """
  density = np.exp(-((_INPUTS / _DEVIATION) ** 2) / 2)
  density /= density.sum()
  change = curve.basis(_INPUTS)
  bend = np.gradient(np.gradient(change, _INPUTS, axis=0), _INPUTS, axis=0)
  size = change.T @ (density[:, None] * change)
  curvature = bend.T @ (density[:, None] * bend)
  root = np.linalg.cholesky(size + _CURVATURE * curvature)
  directions: np.ndarray = np.linalg.inv(root).T
  directions /= np.sqrt(np.trace(directions.T @ size @ directions))
  return directions


START = _start()
_DIRECTIONS = _directions()


class SplineProposer(ImmediateProposer):
  """Writes splines that CMA-ES asks for, from hard_swish on; see `Proposer`."""

  def __init__(self) -> None:
    self._strategy = EvolutionStrategy(np.zeros(len(START)), _STEP)

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few draws find one."""

    def draw() -> Program:
      point = self._strategy.ask(rng)
      return Program(curve.source(START + _DIRECTIONS @ point))

    return unseen(draw, population)

  def learn(self, row: Row, population: Population) -> None:
    change = curve.coefficients(row.program.source) - START
    point = np.linalg.solve(_DIRECTIONS, change)
    self._strategy.tell(point, outcome(row.report, population.database))
