"""The best function: curves from a worker, a figure and a formula."""

from pathlib import Path

import numpy as np
import pytest

from evolve import activations
from evolve.program import Program
from harness.reporting.document import Figure
from harness.reporting.figures.functions import Curve
from harness.reporting.sections import best_function
from harness.reporting.sections.best_function import DRAWN, curves
from tests.harness.reporting import drawn_search
from tests.harness.reporting.drawn_search import SINE

RELU, GELU = activations.source("relu"), activations.source("gelu")
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
  assert (curve.x[0], curve.x[-1]) == (-DRAWN, DRAWN)
  np.testing.assert_allclose(np.diff(curve.x), 0.01, atol=1e-5)
  np.testing.assert_allclose(curve.values, curve.x**3, rtol=1e-5)
  np.testing.assert_allclose(curve.slopes, 3 * curve.x**2, rtol=1e-5)


def test_programs_that_fail_the_probe_are_missing(
  found: dict[str, Curve],
) -> None:
  assert list(found) == [Program(s).id for s in (RELU, CUBE, DEAR)]


def test_a_function_over_the_budget_has_a_curve(
  found: dict[str, Curve],
) -> None:
  curve = found[Program(DEAR).id]
  terms = np.sin(np.arange(150)[:, None] * curve.x.astype(np.float64))
  np.testing.assert_allclose(curve.values, terms.sum(axis=0), atol=0.02)


def test_no_program_takes_no_worker() -> None:
  assert curves([]) == {}


def test_the_figure_has_ancestors_and_well_known_functions(
  tmp_path: Path,
) -> None:
  x = np.linspace(-6, 6, 1201)
  sine = Curve(x, np.sin(x), np.cos(x))
  found = {
    Program(SINE).id: sine,
    Program(RELU).id: Curve(x, np.maximum(x, 0), (x > 0).astype(float)),
    Program(GELU).id: Curve(x, np.full_like(x, np.inf), x),
  }
  run = drawn_search.write(tmp_path)
  figure, *_ = best_function.blocks(run, "a", found)
  assert isinstance(figure, Figure)
  above = figure.drawing.axes[:2]
  assert [[line.get_label() for line in axes.lines] for axes in above] == [
    ["relu", "slot 3"], ["relu", "gelu", "slot 3"]
  ]  # fmt: skip
  ours, slopes = above[0].lines[-1], figure.drawing.axes[2].lines[-1]
  assert np.abs(ours.get_xdata()).max() == pytest.approx(6)
  np.testing.assert_array_equal(slopes.get_ydata(), np.cos(x))
  assert np.isnan(above[1].lines[1].get_ydata()).all()
