"""Eccentricity against all shortest paths."""

import numpy as np

from tasks.clrs30.conformance import runs_of
from tasks.clrs30.registry import get

ALGORITHM = get("eccentricity")
RUNS = [
  run
  for n in (4, 6, 9, 16)
  for for_training in (False, True)
  for run in runs_of(ALGORITHM, n, 30, for_training=for_training)
]


def _distances(adjacent: np.ndarray) -> np.ndarray:
  """[n, n], by Floyd and Warshall."""
  found = np.where(adjacent > 0, 1.0, np.inf)
  np.fill_diagonal(found, 0)
  for via in range(len(found)):
    found = np.minimum(found, found[:, via, None] + found[via])
  return found


def test_the_farthest_nodes_are_found() -> None:
  for run in RUNS:
    (source,) = np.flatnonzero(run.inputs["s"])
    distances = _distances(run.inputs["adj"])[source]
    eccentricity = distances[np.isfinite(distances)].max()
    np.testing.assert_array_equal(
      run.outputs["farthest"], distances == eccentricity
    )
    steps = np.arange(len(run.hints["reach_h"]))[:, None]
    assert len(steps) == eccentricity + 1
    np.testing.assert_array_equal(run.hints["reach_h"], distances <= steps)
    np.testing.assert_array_equal(run.hints["frontier_h"], distances == steps)


def test_answers_are_of_many_kinds() -> None:
  """Isolated sources, ties, nodes that are not reached."""
  assert {run.outputs["farthest"].sum() for run in RUNS} >= {1, 2, 3}
  assert {len(run.hints["reach_h"]) for run in RUNS} >= {1, 2, 3, 4, 5, 6}
  reached = [run.hints["reach_h"][-1].mean() for run in RUNS]
  assert 0.4 < np.mean(np.equal(reached, 1)) < 0.9


def test_paths_grow_with_the_number_of_nodes() -> None:
  few, many = (
    np.mean([len(run.hints["reach_h"]) for run in runs_of(ALGORITHM, n, 30)])
    for n in (16, 64)
  )
  assert many > 2 * few
