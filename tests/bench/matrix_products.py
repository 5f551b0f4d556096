"""The matrix products of the lab: their number, and their speed at best."""

import time
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend import core

from evolve.cost import operations_of
from harness.core.fitness import Fidelity
from tasks.lab import training
from tasks.lab.fitness import LabFitness

_SIZE = 1024  # Large for a core.
_REPEATS = 8


def peak_flops(size: int = _SIZE) -> float:
  """Operations a second of products [size, size], as this process has them."""
  x = jnp.ones((size, size))
  product = jax.jit(lambda x: x @ x)
  product(x).block_until_ready()
  times = []
  for _ in range(_REPEATS):
    start = time.perf_counter()
    product(x).block_until_ready()
    times.append(time.perf_counter() - start)
  return float(2 * size**3 / min(times))


def flops_of(lab: LabFitness, fidelity: Fidelity) -> float:
  """Of the products of an evaluation, tests included."""
  total = 0.0
  for block in lab.blocks:
    drawn = block.draw(seed=0, index=0)

    def train(drawn: Any = drawn, family: Any = block.family) -> Any:
      return training._train(family, jnp.tanh, drawn, 1)

    def test(drawn: Any = drawn, family: Any = block.family) -> Any:
      return training._test(family, jnp.tanh, drawn.params, drawn)

    for steps, part in ((fidelity.steps, train), (1, test)):
      jaxpr = jax.make_jaxpr(part)().jaxpr
      total += fidelity.num_seeds * steps * _count(jaxpr)
  return total


def _count(jaxpr: core.Jaxpr) -> float:
  total = 0.0
  for eqn in jaxpr.eqns:
    turns = eqn.params["length"] if eqn.primitive.name == "scan" else 1
    inside = sum(_count(j) for j in core.jaxprs_in_params(eqn.params))
    total += turns * inside
    if eqn.primitive.name == "dot_general":
      total += operations_of(eqn)
  return total
