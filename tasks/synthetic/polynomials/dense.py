"""Polynomials of degree 2 to 4 in one to three inputs, all terms present.

  1.6x^2 - 0.4xy + 1.3y^2 + x + 0.7y

In one input the degree is 3 or 4: all parabolas are alike.
"""

import itertools

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 4))
  degree = int(rng.integers(2 if num_inputs > 1 else 3, 5))
  powers = [
    p
    for p in itertools.product(range(degree + 1), repeat=num_inputs)
    if 1 <= sum(p) <= degree
  ]
  sizes = rng.choice([0.4, 0.7, 1, 1.3], len(powers))
  weights = sizes * rng.choice([-1, 1], len(powers))
  # No other task is this one rescaled, mirrored or with its inputs swapped: x
  # has the largest weight, and signs are fixed for every input.
  rest = (0,) * (num_inputs - 1)
  weights[powers.index((degree, *rest))] = 1.6
  signed = [(degree - 1, *rest), (0, 1, *rest[1:]), (0, 0, 1)][:num_inputs]
  for power in signed:
    weights[powers.index(power)] = abs(weights[powers.index(power)])

  def function(*inputs: np.ndarray) -> np.ndarray:
    terms = [
      w * np.prod([x**k for x, k in zip(inputs, p, strict=True)], axis=0)
      for w, p in zip(weights, powers, strict=True)
    ]
    return np.asarray(np.sum(terms, axis=0))

  return RegressionTask(
    parameters={"weights": weights, "degree": degree, "inputs": num_inputs},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="dense_polynomial",
    family="polynomials",
    source="random polynomials",
    draw=_draw,
  )
)
