"""An effect in kind of arXiv 2405.12954: a learned CRReLU where ReLU fails."""

import numpy as np
import pytest

from evolve import candidates
from tests.bench.parameters import spirals


@pytest.mark.slow
def test_crrelu_learns_spirals_that_relu_does_not() -> None:
  accuracies = {
    name: float(
      np.mean(spirals.train(candidates.resolve(name).activation(), 5)[0])
    )
    for name in ("relu", "crrelu", "crrelu:layer")
  }
  assert 0.8 < accuracies["relu"] < 0.92
  # Frozen at its first epsilon of 0.01, it is a ReLU.
  assert accuracies["crrelu"] == pytest.approx(accuracies["relu"], abs=0.04)
  assert accuracies["crrelu:layer"] > 0.985
