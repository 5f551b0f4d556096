"""The first screen of the page."""

from pathlib import Path

import numpy as np
import pytest

from evolve import activations
from evolve.program import Program
from harness.reporting.document import Code, DataTable, Figure, Formula
from harness.reporting.figures.functions import Curve
from harness.reporting.sections import first_screen
from tests.harness.reporting.searches import FIRST, verified


def _curve(scale: float) -> Curve:
  x = np.linspace(-6, 6, 25, dtype=np.float32)
  return Curve(x, scale * x, np.full_like(x, scale))


def test_it_shows_the_winner_and_its_verdicts(tmp_path: Path) -> None:
  run = verified(tmp_path, 0.625, 0.25)
  sources = (FIRST, activations.source("gelu"), activations.source("relu"))
  curves = {Program(s).id: _curve(i / 2) for i, s in enumerate(sources, 1)}
  figure, formula, code, verdicts = first_screen.blocks(run, "s", curves, 0)
  assert isinstance(figure, Figure)
  (axes,) = figure.drawing.axes
  scales = {line.get_label(): line.get_ydata()[-1] / 6 for line in axes.lines}
  assert scales == {"gelu": 1, "relu": 1.5, "slot 1": 0.5}
  assert isinstance(formula, Formula) and formula.plain == "sin(2*x)"
  assert isinstance(code, Code)
  assert code.title == (
    "slot 1, OOD score (0 to 1) and 95% CI: 0.625 (0.605 to 0.645) on "
    "fresh@2/8/0, 0.250 (0.230 to 0.270) on heldout@2/8/0"
  )
  assert "".join(text for line in code.lines for text, _ in line) in (
    FIRST.replace("\n", "")
  )
  assert isinstance(verdicts, DataTable)
  (rival, fresh, heldout, lead, loss), relu = verdicts.rows
  assert relu[0] == "relu"
  assert (rival, fresh, heldout) == ("gelu", "better", "worse")
  assert (lead.value, loss.value) == pytest.approx((0.125, -0.25))


def test_a_winner_without_a_curve_keeps_the_rest(tmp_path: Path) -> None:
  run = verified(tmp_path, 0.625, 0.25)
  found = first_screen.blocks(run, "s", {}, 0)
  assert [type(block) for block in found] == [Formula, Code, DataTable]
