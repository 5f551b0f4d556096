"""Two settings of a generator of functions are two different tasks."""

import collections
import itertools

import numpy as np
import pytest

from tasks.lab import registry

GENERATORS = [
  g for g in registry.shipped() if g.family in ("polynomials", "harmonics")
]


def _standardised(values):
  centred = values - values.mean(axis=1, keepdims=True)
  return centred / centred.std(axis=1, keepdims=True)


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.name)
def test_settings_differ_up_to_symmetries(generator):
  """No two agree within 1%, rescaled, mirrored or with inputs swapped."""
  rng = np.random.default_rng(1)
  tasks = {t.name: t for t in (generator.one(rng) for _ in range(60))}
  boxes = collections.defaultdict(list)
  for task in tasks.values():
    boxes[tuple(task.inputs.values())].append(task)
  for box, members in boxes.items():
    lows, highs = np.array([(i.low, i.high) for i in box]).T
    points = rng.uniform(lows, highs, (300, len(box)))
    centre = (lows + highs) / 2
    values = _standardised(np.array([t.function(*points.T) for t in members]))
    for order in itertools.permutations(range(len(box))):
      for signs in itertools.product((1, -1), repeat=len(box)):
        moved = ((points - centre) * signs)[:, order] + centre
        others = np.array([t.function(*moved.T) for t in members])
        correlation = values @ _standardised(others).T / len(points)
        pairs = np.triu_indices(len(members), k=1)
        residual = 1 - correlation[pairs] ** 2
        assert (residual > 0.01**2).all()
