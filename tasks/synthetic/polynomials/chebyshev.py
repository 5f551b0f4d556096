"""Chebyshev series of degree 4 or 5 in one input, or 2 to 4 in two.

  1.6 T2(x) + 0.7 T1(x) - T1(x) T1(y) + 0.4 T2(y) + 1.3 T1(y)

Training inputs fill a part of [-1, 1], where all T_k are equally large; those
furthest beyond pass its ends, where high ones grow fastest.
"""

import numpy as np
from numpy.polynomial import chebyshev

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_HALF_WIDTH = 0.7


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  degree = int(rng.integers(4, 6) if num_inputs == 1 else rng.integers(2, 5))
  shape = (degree + 1,) * num_inputs
  sizes = rng.choice([0.4, 0.7, 1, 1.3], shape)
  weights = sizes * rng.choice([-1, 1], shape)
  weights[np.indices(shape).sum(axis=0) > degree] = 0
  weights[(0,) * num_inputs] = 0
  # No other task is this one rescaled, mirrored or with its inputs swapped: x
  # has the largest weight, and signs are fixed for every input.
  rest = (0,) * (num_inputs - 1)
  weights[(degree, *rest)] = 1.6
  for power in [(degree - 1, *rest), (0, 1)][:num_inputs]:
    weights[power] = sizes[power]

  def function(*inputs: np.ndarray) -> np.ndarray:
    terms = [chebyshev.chebvander(x, degree) for x in inputs]
    if num_inputs == 1:
      return np.asarray(terms[0] @ weights)
    return np.asarray(((terms[0] @ weights) * terms[1]).sum(axis=1))

  return RegressionTask(
    parameters={"weights": weights.tolist()},
    inputs={
      "xy"[i]: Interval(-_HALF_WIDTH, _HALF_WIDTH) for i in range(num_inputs)
    },
    function=function,
  )


register(
  Generator(
    name="chebyshev_series",
    family="polynomials",
    source="Chebyshev polynomials of the first kind",
    draw=_draw,
  )
)
