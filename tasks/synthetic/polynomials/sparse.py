"""Sums of three or four monomials in two or three inputs, of degree up to 5.

  x^3 y - 2y^2 + xy

Inputs are positive in training and may be negative beyond.
"""

import itertools

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

Term = tuple[list[int], float]  # The power of each input, and the weight.


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  num_terms = int(rng.integers(3, 5))
  powers = np.zeros((num_terms, num_inputs), int)
  while not _asks_enough(powers):
    powers = rng.integers(0, 4, (num_terms, num_inputs))
  sizes = rng.integers(1, 3, num_terms)
  weights = sizes / sizes.min() * rng.choice([-1, 1], num_terms)
  terms = _canonical([*zip(powers.tolist(), weights.tolist(), strict=True)])
  powers, weights = (np.array(part) for part in zip(*terms, strict=True))

  def function(*inputs: np.ndarray) -> np.ndarray:
    bases = np.stack(inputs)[:, None]  # [inputs, 1, count]
    products = np.prod(bases ** powers.T[..., None], axis=0)
    return np.asarray(weights @ products)

  return RegressionTask(
    parameters={"powers": powers.tolist(), "weights": weights},
    inputs={"xyz"[i]: Interval(0, 1.8) for i in range(num_inputs)},
    function=function,
  )


def _canonical(terms: list[Term]) -> list[Term]:
  """The same for terms that differ by the order of inputs or by the sign."""
  num_inputs = len(terms[0][0])
  return min(
    sorted(([powers[i] for i in order], sign * w) for powers, w in terms)
    for order in itertools.permutations(range(num_inputs))
    for sign in (1, -1)
  )


def _asks_enough(powers: np.ndarray) -> bool:
  """Terms differ, have degree 1 to 5, one of them 2, and use every input."""
  degrees = powers.sum(axis=1)
  return (
    len(np.unique(powers, axis=0)) == len(powers)
    and bool(powers.any(axis=0).all())
    and degrees.min() >= 1
    and 2 <= degrees.max() <= 5
  )


register(
  Generator(
    name="sparse_polynomial",
    family="polynomials",
    source="sums of a few monomials",
    draw=_draw,
  )
)
