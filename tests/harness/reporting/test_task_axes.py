"""Axes of tasks where they are known."""

import numpy as np
import pytest

from harness.reporting import task_axes

NUM_ACTIVATIONS = 40


def _skills(num_axes: int, noise: float = 0.3, per_axis: int = 8) -> np.ndarray:
  """Activations on tasks of independent axes, [F, axes * per_axis]."""
  rng = np.random.default_rng(num_axes)
  talents = rng.normal(size=(NUM_ACTIVATIONS, num_axes))
  tasks = np.repeat(talents, per_axis, axis=1)
  return tasks + noise * rng.normal(size=tasks.shape)


@pytest.mark.parametrize("num_axes", [1, 2, 4])
def test_as_many_axes_as_there_are(num_axes: int) -> None:
  found = task_axes.find(_skills(num_axes), seed=0)
  assert found is not None
  assert found.count == num_axes


def test_noise_has_no_axis() -> None:
  rng = np.random.default_rng(0)
  found = task_axes.find(rng.normal(size=(NUM_ACTIVATIONS, 24)), seed=0)
  assert found is not None
  assert found.count <= 1


def test_each_axis_has_its_tasks_and_points_to_the_better_side() -> None:
  skills = _skills(2)
  found = task_axes.find(skills, seed=0)
  assert found is not None
  blocks = found.loadings.reshape(2, 8, 2).mean(axis=1)  # [group, axis]
  assert sorted(blocks.argmax(axis=1)) == [0, 1]
  assert blocks.max(axis=1).min() > 0.9
  assert np.abs(blocks).min(axis=1).max() < 0.3
  group = int(blocks[:, 0].argmax())
  mean = skills.reshape(NUM_ACTIVATIONS, 2, 8)[:, group].mean(axis=1)
  assert np.corrcoef(mean, found.positions[:, 0])[0, 1] > 0.95


def test_similar_tasks_are_side_by_side() -> None:
  skills = _skills(2)[:, np.random.default_rng(1).permutation(16)]
  found = task_axes.find(skills, seed=0)
  assert found is not None
  ordered = found.correlation[np.ix_(found.order, found.order)]
  assert ordered[:8, :8].min() > 0.5 > np.abs(ordered[:8, 8:]).max()


def test_a_task_that_all_solve_is_left_out() -> None:
  skills = _skills(2)
  skills[:, 3] = 1.0
  found = task_axes.find(skills, seed=0)
  assert found is not None
  assert 3 not in found.kept
  assert len(found.kept) == 15


def test_too_few_show_no_pattern() -> None:
  assert task_axes.find(_skills(2)[:11], seed=0) is None
  assert task_axes.find(_skills(1, per_axis=7), seed=0) is None
