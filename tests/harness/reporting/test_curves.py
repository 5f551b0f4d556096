"""Functions and their slopes, from a worker."""

import numpy as np
import pytest

from evolve import activations
from evolve.program import Program
from harness.reporting.curves import LIMIT, Curve, curves

RELU = activations.source("relu")
CUBE = "def activation(x):\n  return x**3\n"
# Over the default budget of a search.
DEAR = "def activation(x):\n  return sum(jnp.sin(i * x) for i in range(150))\n"
# Not of the language, of the wrong shape, and one that raises.
BROKEN = (
  "import os\n",
  "def activation(x):\n  return x.sum()\n",
  "def activation(x):\n  return jnp.roll(x, 1, axis=99)\n",
)


@pytest.fixture(scope="module")
def found() -> dict[str, Curve]:
  return curves([RELU, *BROKEN, CUBE, DEAR, RELU])


def test_values_and_slopes(found: dict[str, Curve]) -> None:
  curve = found[Program(CUBE).id]
  assert (curve.x[0], curve.x[-1]) == (-LIMIT, LIMIT)
  np.testing.assert_allclose(np.diff(curve.x), 0.01, atol=1e-5)
  np.testing.assert_allclose(curve.values, curve.x**3, rtol=1e-5)
  np.testing.assert_allclose(curve.slopes, 3 * curve.x**2, rtol=1e-5)


def test_what_fails_the_probe_is_missing(found: dict[str, Curve]) -> None:
  assert list(found) == [Program(s).id for s in (RELU, CUBE, DEAR)]


def test_a_dear_function_has_a_curve(found: dict[str, Curve]) -> None:
  curve = found[Program(DEAR).id]
  terms = np.sin(np.arange(150)[:, None] * curve.x.astype(np.float64))
  np.testing.assert_allclose(curve.values, terms.sum(axis=0), atol=0.02)


def test_nothing_takes_no_worker() -> None:
  assert curves([]) == {}
