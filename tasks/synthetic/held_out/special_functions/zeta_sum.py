"""Partial sums of Riemann's zeta function along a vertical line."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  num_terms = int(rng.integers(3, 9))
  real_part = round(rng.uniform(0.3, 1.5), 1)
  phase = round(rng.uniform(0, 1.5), 1)

  def function(t: np.ndarray) -> np.ndarray:
    k = np.arange(2, num_terms + 1)
    waves = np.cos(np.outer(t, np.log(k)) + phase)
    return np.asarray(waves @ k**-real_part)

  return RegressionTask(
    parameters={
      "num_terms": num_terms,
      "real_part": real_part,
      "phase": phase,
    },
    inputs={"t": Interval(0, 3)},
    function=function,
  )


register(
  Generator(
    name="zeta_sum",
    family="special_functions",
    source="Dirichlet series of the zeta function; DLMF 25.2",
    draw=_draw,
    streams=("heldout",),
  )
)
