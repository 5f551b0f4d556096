"""The section on a run of harness.clrs30."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from harness.reporting.document import Section
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import clrs30
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  CLRS_SETTINGS,
  clrs_record,
  read,
  write_scores,
)


@pytest.fixture(scope="module")
def section(runs: Runs) -> Section:
  return clrs30.section(runs.clrs30[0], runs.clrs30, "c")


def test_scores_stand_beside_published_ones(section: Section) -> None:
  rows = {tuple(r[:2]): r[2:] for r in blocks.table(section, "scores").rows}
  assert rows["bfs", "relu"][:3] == [
    pytest.approx(50.0),
    pytest.approx(100 * np.std([0.75, 0.25], ddof=1)),
    2,
  ]
  assert rows["bfs", "gelu"][3] == 99.73
  assert ("minimum", "gelu") not in rows


def test_means_are_over_algorithms_that_all_activations_have(
  section: Section,
) -> None:
  assert {r[0]: r[1] for r in blocks.table(section, "means").rows} == {
    "published": 99.73,  # Of bfs alone.
    "relu": pytest.approx(50.0),
    "gelu": pytest.approx(100.0),
  }


def test_differences_to_the_published_protocol_are_listed(
  section: Section,
) -> None:
  texts = blocks.texts(section)
  assert texts[0] == "Unfinished: clrs; 4 trainings have a record so far."
  assert "Differs from published: train steps 4 instead of 10,000." in texts
  assert "2 of the 30 algorithms: bfs, minimum." in texts
  assert "Diverged: gelu 1 (of 4 trainings)." in texts


def test_runs_of_another_protocol_are_named(runs: Runs) -> None:
  (run,) = runs.clrs30
  (directory,) = run.directories
  settings = {**run.settings, "learning_rate": 0.5}
  changed = dataclasses.replace(directory, label="d", settings=settings)
  other = dataclasses.replace(run, directories=(changed,))
  section = clrs30.section(run, (run, other), "c")
  assert blocks.texts(section)[-1] == (
    "Not taken together with d, which has learning rate 0.5 instead of 0.001."
  )


def test_the_heat_map_shows_known_scores(section: Section) -> None:
  axes = blocks.figure(section, "heat_map").drawing.axes[0]
  assert [t.get_text() for t in axes.get_yticklabels()] == ["bfs", "minimum"]
  assert [t.get_text() for t in axes.get_xticklabels()] == [
    "published", "relu", "gelu"
  ]  # fmt: skip
  values = axes.images[0].get_array()
  expected = [[99.73, 50.0, 100.0], [97.78, 50.0, np.nan]]
  assert np.asarray(values.filled(np.nan)) == pytest.approx(
    np.array(expected), nan_ok=True
  )


def test_algorithms_beyond_the_30_are_shown_without_their_module(
  tmp_path: Path,
) -> None:
  records = [
    clrs_record(algorithm, activation, 0, score)
    for algorithm, score in (("bfs", 0.5), ("mine", 0.75))
    for activation in ("relu", "gelu")
  ]
  path = write_scores(tmp_path / "own", "clrs30", records, **CLRS_SETTINGS)
  (run,) = read(path).clrs30
  section = clrs30.section(run, (run,), "c")
  rows = {tuple(r[:2]): r[2:] for r in blocks.table(section, "scores").rows}
  assert rows["mine", "relu"] == [75.0, None, 1, None, None]
  assert rows["bfs", "relu"][3] == 99.73
  axes = blocks.figure(section, "heat_map").drawing.axes[0]
  assert [t.get_text() for t in axes.get_yticklabels()] == ["bfs", "mine"]
  assert np.ma.getmaskarray(axes.images[0].get_array())[1, 0]
  means = {r[0]: r[1] for r in blocks.table(section, "means").rows}
  assert means["relu"] == 50.0  # Of bfs alone.
  assert "1 of the 30 algorithms: bfs." in blocks.texts(section)
  assert list(clrs30.by_benchmark(run)) == [
    "CLRS-30 bfs", "Beyond CLRS-30 mine"
  ]  # fmt: skip
