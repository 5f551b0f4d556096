"""Draws of tasks for the tests."""

import numpy as np

from tasks.lab import registry
from tasks.lab.sample import Band


def drawn(name, count=3):
  """Tasks of a generator."""
  rng = np.random.default_rng(5)
  return [registry.get(name).one(rng) for _ in range(count)]


def points(task, count=12):
  """Arguments of a regression task's function, some from every band."""
  rng = np.random.default_rng(6)
  samples = [task.sample(rng, band, count).inputs["x"] for band in Band]
  return np.concatenate(samples).astype(float).T


def instances(task, count=60):
  """Nodes, edges and answers of single instances, some from every band."""
  for band in Band:
    inputs, targets = task.sample(np.random.default_rng(7), band, count)
    for k, size in enumerate(inputs["mask"].sum(axis=1).astype(int)):
      edges = np.where(inputs["joined"][k] > 0, inputs["edges"][k], np.nan)
      answer = targets[k][:size] if targets.ndim > 1 else targets[k]
      yield inputs["nodes"][k, :size], edges[:size, :size], answer
