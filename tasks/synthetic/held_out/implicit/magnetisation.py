"""The magnetisation m = tanh((m + field) / temperature) of coupled spins."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  coldest = round(rng.uniform(1, 1.2), 1)
  cubic = round(rng.uniform(0, 0.5), 1)
  offset = round(rng.uniform(-0.4, 0.4), 1)

  def function(field: np.ndarray, heat: np.ndarray) -> np.ndarray:
    def beyond(m: np.ndarray) -> np.ndarray:
      pull = m - cubic * m**3 + field + offset
      return np.asarray(m - np.tanh(pull / (coldest + heat)))

    one = np.ones_like(field)
    return bisection.root(beyond, -one, one)

  return RegressionTask(
    parameters={"coldest": coldest, "cubic": cubic, "offset": offset},
    # There are several roots below temperature 1.
    inputs={
      "field": Interval(-0.5, 0.5),
      "heat": Interval(0, 0.6, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="magnetisation",
    family="implicit",
    source="Weiss's mean-field theory",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
