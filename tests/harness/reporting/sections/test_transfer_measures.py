"""Measures of activations, and what two of them share."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from harness.reporting.runs.reading import Runs
from harness.reporting.sections import transfer_measures
from harness.reporting.sections.transfer_measures import Measure
from tests.harness.reporting.directories import (
  CLRS_SETTINGS,
  clrs_record,
  read,
  write_scores,
)


def _measure(name: str, parts: dict[str, list[float]]) -> Measure:
  count = len(next(iter(parts.values())))
  return Measure(
    name,
    {n: np.array(values) for n, values in parts.items()},
    ("",) * count,
    tuple(map(str, range(count))),
  )


def test_a_missing_part_is_in_no_mean_and_in_no_half() -> None:
  measure = _measure(
    "b", {f"f{i}": [i, i, np.nan if i == 2 else -i] for i in range(6)}
  )
  assert measure.value("f2") == 2.0
  assert measure.value("f3") == 1.0
  # The third part would turn half of the ranks around.
  assert measure.reliability(tuple(measure.parts), 0) == pytest.approx(1.0)


def test_only_activations_that_both_have_are_related() -> None:
  tasks = _measure("lab", {f"f{i}": [i, i] for i in range(8)})
  benchmark = _measure("b", {f"f{i}": [-i, -i] for i in range(2, 9)})
  found = transfer_measures.relate(benchmark, tasks, 0)
  assert found.activations == tuple(f"f{i}" for i in range(2, 8))
  assert found.correlation and found.correlation.value == pytest.approx(-1.0)
  assert found.ceiling == pytest.approx(1.0)
  assert found.smallest == pytest.approx(0.869, abs=5e-4)


def test_a_single_seed_has_no_ceiling() -> None:
  tasks = _measure("lab", {f"f{i}": [i, i] for i in range(8)})
  benchmark = _measure("b", {f"f{i}": [i] for i in range(8)})
  assert transfer_measures.relate(benchmark, tasks, 0).ceiling is None


def test_benchmarks_of_runs_are_measures_over_seeds(runs: Runs) -> None:
  measures = {m.name: m for m in transfer_measures.of_benchmarks(runs)}
  assert list(measures) == [
    "CLRS-30 bfs", "CLRS-30 minimum", "CLRS-30 mean of 1", "digits top-1"
  ]  # fmt: skip
  # The mean is over bfs alone: gelu has nothing else.
  np.testing.assert_equal(measures["CLRS-30 mean of 1"].parts["relu"], [75, 25])
  np.testing.assert_equal(measures["CLRS-30 bfs"].parts["gelu"], [100, np.nan])
  assert measures["digits top-1"].value("sin") == pytest.approx(91.0)
  main = transfer_measures.main_benchmarks(list(measures.values()))
  assert [m.name for m in main] == ["CLRS-30 mean of 1", "digits top-1"]


def test_a_benchmark_that_repeats_has_its_runs_name(runs: Runs) -> None:
  twice = dataclasses.replace(runs, images=runs.images * 2)
  names = [m.name for m in transfer_measures.of_benchmarks(twice)]
  assert names[-2:] == ["digits top-1, digits"] * 2


def test_the_lab_is_a_measure_over_tasks_in_families(runs: Runs) -> None:
  (lab,) = runs.labs
  measure = transfer_measures.of_lab(lab)
  assert measure.name == "lab@2/8/0"
  assert measure.value("gelu") == pytest.approx(lab.scores[1].value)
  reasoning = {f.name: f for f in measure.families()}["lab@2/8/0, reasoning"]
  assert set(reasoning.names) == {"median", "parity", "rank"}
  assert reasoning.parts["gelu"].shape == (3,)


def test_each_run_on_clrs30_has_its_own_algorithms(tmp_path: Path) -> None:
  """One with a single algorithm, and one with the mean over two."""
  write_scores(
    tmp_path / "paper",
    "clrs30",
    [clrs_record("bfs", "relu", 0, 0.5)],
    **CLRS_SETTINGS | {"train_steps": 10_000},
  )
  write_scores(
    tmp_path / "fast",
    "clrs30",
    [clrs_record(name, "relu", 0, 0.75) for name in ("bfs", "minimum")],
    **CLRS_SETTINGS,
  )
  for order in (("paper", "fast"), ("fast", "paper")):
    runs = read(*(tmp_path / name for name in order))
    main = transfer_measures.main_benchmarks(
      transfer_measures.of_benchmarks(runs)
    )
    assert {m.name: m.value("relu") for m in main} == {
      "CLRS-30 bfs, paper": 50.0, "CLRS-30 mean of 2, fast": 75.0
    }  # fmt: skip


def test_what_mostly_diverged_has_no_score() -> None:
  nan = math.nan
  measure = transfer_measures._of_seeds(
    "images",
    {
      "sin": {0: nan, 1: 50.0, 2: nan},
      "elu": {0: nan, 1: 60.0},
      "relu": {0: 1},
    },
  )
  assert measure.parts.keys() == {"elu", "relu"}
  assert measure.value("elu") == 60.0
  assert transfer_measures.on_diverged([measure]).startswith(
    "Trainings that diverged have no score: images: sin (2 of 3); images: elu "
    "(1 of 2). Means are over the others"
  )
  whole = transfer_measures._of_seeds("images", {"relu": {0: 1.0}})
  assert transfer_measures.on_diverged([whole]) == ""
