"""Polynomials of degree 2 to 4 in one or two inputs, all terms present."""

import itertools

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  degree = int(rng.integers(2, 5))
  powers = [
    p
    for p in itertools.product(range(degree + 1), repeat=num_inputs)
    if 1 <= sum(p) <= degree
  ]
  weights = np.round(rng.normal(size=len(powers)), 2)

  def function(*inputs: np.ndarray) -> np.ndarray:
    terms = [
      w * np.prod([x**k for x, k in zip(inputs, p, strict=True)], axis=0)
      for w, p in zip(weights, powers, strict=True)
    ]
    return np.asarray(np.sum(terms, axis=0))

  return RegressionTask(
    parameters={"weights": weights, "degree": degree, "inputs": num_inputs},
    inputs={"xy"[i]: Interval(-1, 1) for i in range(num_inputs)},
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
