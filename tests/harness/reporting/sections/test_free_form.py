"""The section on free-form curves."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from evolve import activations
from evolve.program import Program
from harness.reporting.figures.functions import Curve
from harness.reporting.runs.search_run import SearchRun, row_name
from harness.reporting.sections import best_function, free_form
from tests.harness.reporting import blocks
from tests.harness.reporting.searches import Found

X = np.linspace(-6, 6, 1201).astype(np.float32)
NAMED = {
  Program(activations.source(name)).id: Curve(
    X, np.maximum(X, 0), 1.0 * (X > 0)
  )
  for name in free_form.BESIDE
}


def _dented(depth: float) -> Curve:
  """A line of slope 1, less a dent at -1."""
  values = X - depth * np.exp(-((X + 1) ** 2))
  return Curve(X, values, np.gradient(values, X))


def _runs(folder: Path, *found: Found) -> list[SearchRun]:
  return [one.read(folder) for one in found]


def test_the_mean_of_runs_beside_the_best_of_other_strategies(
  tmp_path: Path,
) -> None:
  curves = [Found("spline", seed) for seed in range(2)]
  formulas = [
    Found("expression", 0, fresh=0.6),
    Found("expression", 1, fresh=0.7),
    Found("random", 0),
  ]
  known = NAMED | {
    Program(one.source).id: _dented(depth)
    for one, depth in zip((*curves, *formulas), (3, 5, 0, 1, 2), strict=True)
  }
  (section,) = free_form.sections(_runs(tmp_path, *formulas, *curves), known)
  assert section.title == "What shape does the lab want?"
  (axes,) = blocks.figure(section, "curves").drawing.axes
  lines = {line.get_label(): line for line in axes.lines}
  mean = lines["mean of 2 curves"]
  names = [label for label in lines if not label.startswith("_")]
  assert names == [
    "expression: slot 1 of expression-1",
    "random: slot 1 of random-0",
    "gelu",
    "hard_swish",
    "relu",
    "mean of 2 curves",
  ]
  assert len(axes.lines) == len(names) + 2
  assert np.abs(mean.get_xdata()).max() == pytest.approx(5)
  np.testing.assert_allclose(
    mean.get_ydata(), _dented(4).values[np.abs(X) <= 5], rtol=1e-5
  )
  rows = {row[0]: row for row in blocks.table(section, "shapes").rows}
  assert list(rows)[:3] == ["mean of 2 curves", "spline-0", "spline-1"]
  assert rows["mean of 2 curves"][1:3] == pytest.approx((1, 1), abs=1e-3)
  assert rows["mean of 2 curves"][-1] == "not monotone"
  assert rows["relu"][3:5] == (None, None)
  assert rows["relu"][-1] == "monotone"
  (finding,) = section.findings
  assert finding.startswith(
    "The free-form curve (mean of 2 curves) has slopes of 1.00 (1.00 to 1.00 "
    "over runs) on the left and 1.00 (1.00 to 1.00 over runs) on the right, "
  )
  at_zero = [-depth * np.exp(-1) for depth in (4, 5, 3)]
  assert "a value of {:.2f} ({:.2f} to {:.2f} over runs)".format(*at_zero) in (
    finding
  )


def test_a_single_curve_stands_for_itself(tmp_path: Path) -> None:
  found = Found("spline", 0)
  known = NAMED | {Program(found.source).id: _dented(2)}
  (section,) = free_form.sections(_runs(tmp_path, found), known)
  (axes,) = blocks.figure(section, "curves").drawing.axes
  assert len(axes.lines) == 4
  (finding,) = section.findings
  assert finding.startswith(
    "The free-form curve (spline-0) has slopes of 1.00 "
  )
  assert "over runs" not in finding
  assert ", no minimum inside, " in finding  # The line is lower at its end.


def test_without_a_free_form_curve_there_is_no_section(tmp_path: Path) -> None:
  run = Found("expression", 0)
  known = NAMED | {Program(run.source).id: _dented(1)}
  assert free_form.sections(_runs(tmp_path, run), known) == []
  # Nor if a named function is the best.
  (run,) = _runs(tmp_path, Found("spline", 1, in_search=0.3))
  run = dataclasses.replace(run, finalists=())
  assert row_name(run.best) == "hard_swish"
  assert free_form.sections([run], NAMED) == []
  # Nor if the curve's probe failed.
  assert free_form.sections(_runs(tmp_path, Found("spline", 0)), NAMED) == []


def test_curves_of_all_that_is_drawn_come_from_a_worker(tmp_path: Path) -> None:
  runs = _runs(tmp_path, Found("spline", 0), Found("random", 0))
  found = best_function.curves_of(runs, free_form.BESIDE)
  assert NAMED.keys() <= found.keys()
  (section,) = free_form.sections(runs, found)
  (hard_swish,) = [
    row
    for row in blocks.table(section, "shapes").rows
    if row[0] == "hard_swish"
  ]
  assert hard_swish[1:7] == pytest.approx(
    (0, 1, -1.5, -0.375, 0, 0.5), abs=1e-3
  )
