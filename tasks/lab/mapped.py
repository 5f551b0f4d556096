"""Values of thousands of activations, by one program for each network family.

Exact, as `LabFitness.evaluate` is for an activation that is compiled in; which
activations there are, and how one program computes something of each of them,
is the caller's business.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from harness.core.fitness import Activation, Fidelity
from tasks.lab.fitness import LabFitness
from tasks.lab.networks import NetworkFamily
from tasks.lab.problem import Problem
from tasks.lab.training import Metrics, trained

# Of an activation and further arguments; is traced.
Compute = Callable[..., jax.Array]
# Of many activations and the same arguments, [len, ...].
Program = Callable[..., np.ndarray]


class MappedLab:
  """The lab's values of activations that a caller makes programs for."""

  def __init__(
    self,
    fitness: LabFitness,
    fidelity: Fidelity,
    program_of: Callable[[Compute], Program],
  ):
    """Makes the programs, which are compiled when they are needed.

    Args:
      fitness: has the tasks.
      fidelity: of each evaluation.
      program_of: makes the program of a computation.
    """
    self._fitness = fitness
    self._fidelity = fidelity
    self._program_of = functools.cache(
      lambda family: program_of(functools.partial(_metrics, family))
    )

  def values(self, activations: Sequence[Any], seed: int) -> np.ndarray:
    """Values in [0, 1], [len(activations)].

    Args:
      activations: what the programs take first.
      seed: of data, initial weights and batches.
    """
    scores: list[list[float]] = [[] for _ in activations]
    steps = np.int32(self._fidelity.steps)
    for block in self._fitness.blocks:
      problems = [
        self._fitness.problem(block, seed, index)
        for index in range(self._fidelity.num_seeds)
      ]
      program = self._program_of(block.family)
      found = [program(activations, problem, steps) for problem in problems]
      for place, of_one in enumerate(scores):
        metrics = [Metrics(*each[place]) for each in found]
        for result in block.results(metrics, problems):
          of_one.append(float(result.score.mean()))
    return np.array([np.mean(of_one) for of_one in scores])


def _metrics(
  family: NetworkFamily, activation: Activation, problem: Problem, steps: Any
) -> jax.Array:
  """Loss, accuracy and 0 for the share outside of tables, [3, T, bands]."""
  found = trained(problem, steps, family=family, activation=activation)
  return jnp.stack(found.metrics)
