"""Symmetric polynomials of degree 2 or 3 in two or three inputs.

  p1 + 0.5 p1^2 - 1.5 p2     with p1 = x + y, p2 = x^2 + y^2

Combinations of the power sums p_k, which generate all symmetric polynomials.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

# Products of power sums: the k of each p_k, by degree of the product.
_PRODUCTS = ((1,), (1, 1), (2,), (1, 1, 1), (1, 2), (3,))


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  degree = int(rng.integers(2, 4))
  # p3 of two inputs is a combination of others.
  products = [p for p in _PRODUCTS if sum(p) <= degree and max(p) <= num_inputs]
  sizes = rng.integers(1, 9, len(products)) / 4
  weights = sizes * rng.choice([-1, 1], len(products))
  weights[0] = 1  # It sets the scale.
  weights[1] = abs(weights[1])  # Else it is a mirror image.

  def function(*inputs: np.ndarray) -> np.ndarray:
    x = np.stack(inputs)
    sums = {k: (x**k).sum(axis=0) for k in range(1, degree + 1)}
    terms = [np.prod([sums[k] for k in p], axis=0) for p in products]
    return np.asarray(weights @ np.stack(terms))

  return RegressionTask(
    parameters={"weights": weights, "inputs": num_inputs},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="symmetric_polynomial",
    family="polynomials",
    source="power sums, Newton's identities",
    draw=_draw,
  )
)
