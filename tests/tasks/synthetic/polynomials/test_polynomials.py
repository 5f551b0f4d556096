"""Degrees of drawn polynomials."""

import numpy as np
import pytest

from tests.tasks.synthetic.drawing import drawn
from tests.tasks.synthetic.polynomials.oracles import ORACLES

# The largest degree that each may draw.
DEGREES = {
  "chebyshev_series": 5,
  "composed_polynomial": 4,
  "dense_polynomial": 4,
  "factored_polynomial": 4,
  "quadratic_form": 2,
  "sparse_polynomial": 5,
  "symmetric_polynomial": 3,
}


def test_every_generator_has_a_degree():
  assert DEGREES.keys() == ORACLES.keys()


@pytest.mark.parametrize("name", DEGREES)
def test_degrees_are_2_to_the_largest(name):
  largest = DEGREES[name]
  rng = np.random.default_rng(0)
  for task in drawn(name, 10):
    assert 1 <= len(task.inputs) <= 3
    start, direction = rng.uniform(0.2, 0.4, (2, len(task.inputs)))
    line = start + np.arange(8)[:, None] * direction
    values = task.function(*line.T)
    # Differences of order k vanish on a line exactly for degrees below k.
    scale = np.abs(values).max()
    assert np.abs(np.diff(values, n=largest + 1)).max() < 1e-9 * scale
    assert np.abs(np.diff(values, n=2)).max() > 1e-4 * scale
