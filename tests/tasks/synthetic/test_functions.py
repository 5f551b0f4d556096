"""Rules for all generators of polynomials and harmonics."""

import collections
import itertools

import numpy as np
import pytest

from tasks.lab import conformance, registry
from tests.tasks.synthetic.drawing import drawn
from tests.tasks.synthetic.harmonics import oracles as harmonics
from tests.tasks.synthetic.polynomials import oracles as polynomials

ORACLES = {
  "harmonics": harmonics.ORACLES,
  "polynomials": polynomials.ORACLES,
}
GENERATORS = [g for g in registry.shipped() if g.family in ORACLES]

every_generator = pytest.mark.parametrize(
  "generator", GENERATORS, ids=lambda g: g.name
)


@pytest.mark.parametrize("family", ORACLES)
def test_every_generator_has_an_oracle(family):
  of_family = {g.name for g in GENERATORS if g.family == family}
  assert ORACLES[family].keys() == of_family


@every_generator
def test_values_agree_with_an_oracle(generator):
  oracle = ORACLES[generator.family][generator.name]
  rng = np.random.default_rng(0)
  for task in drawn(generator.name, 10):
    point = rng.uniform(-0.9, 0.9, len(task.inputs))
    found = task.function(*point[:, None])
    assert found == pytest.approx(oracle(point.tolist(), **task.parameters))


@pytest.mark.slow
@every_generator
def test_many_draws_stay_bounded(generator):
  for task in drawn(generator.name, 100):
    assert list(conformance.bounded_targets(task)) == []


@every_generator
def test_settings_are_many(generator):
  assert len({task.name for task in drawn(generator.name, 60)}) >= 30


def _standardised(values):
  centred = values - values.mean(axis=1, keepdims=True)
  return centred / centred.std(axis=1, keepdims=True)


@every_generator
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
