"""The held-out generators: their kinds, streams and parameters."""

import collections

import numpy as np
import pytest

from tasks.lab import conformance, registry
from tasks.lab.generator import Stream
from tasks.lab.sample import Band
from tasks.lab.task import PROCESSOR

HELD_OUT = [
  g
  for g in registry.shipped()
  if g.draw.__module__.startswith("tasks.synthetic.held_out.")
]

every_generator = pytest.mark.parametrize(
  "generator", HELD_OUT, ids=lambda g: g.name
)


def test_each_kind_has_several_generators():
  kinds = collections.Counter(g.family for g in HELD_OUT)
  assert kinds.pop("reasoning") >= 10
  assert len(kinds) == 5
  assert min(kinds.values()) >= 3


def test_a_third_of_each_kind_chosen_by_chance_is_for_decisions():
  rng = np.random.default_rng(2)
  for family in sorted({g.family for g in HELD_OUT}):
    names = sorted(g.name for g in HELD_OUT if g.family == family)
    chosen = set(rng.choice(names, round(len(names) / 3), replace=False))
    for generator in HELD_OUT:
      if generator.family == family:
        stream = (
          Stream.DEV_HELDOUT if generator.name in chosen else Stream.HELDOUT
        )
        assert generator.streams == (stream,), generator.name


def test_at_most_a_third_of_reasoning_needs_a_processor():
  rng = np.random.default_rng(0)
  networks = [g.one(rng).network for g in HELD_OUT if g.family == "reasoning"]
  assert 0 < networks.count(PROCESSOR) <= len(networks) / 3


@every_generator
def test_it_is_named_after_its_file_in_a_folder_of_its_kind(generator):
  package, file = generator.draw.__module__.rsplit(".", 1)
  assert file == generator.name
  assert package.endswith(generator.family)


@every_generator
def test_it_has_at_least_thirty_tasks(generator):
  rng = np.random.default_rng(1)
  assert len({generator.one(rng).name for _ in range(700)}) >= 30


@every_generator
def test_different_parameters_have_different_answers(generator):
  rng = np.random.default_rng(2)
  tasks = {t.name: t for t in (generator.one(rng) for _ in range(25))}
  samples = [
    t.sample(np.random.default_rng(3), Band.ID, 300) for t in tasks.values()
  ]
  for i, first in enumerate(samples):
    for second in samples[:i]:
      if first.targets.shape == second.targets.shape:
        assert _differ(first.targets, second.targets)


def _differ(first, second):
  """By 2% of their deviation, or on a tenth of the instances."""
  gap = np.abs(first - second.astype(float))
  if first.dtype == np.float32 and first.ndim == 1:
    return np.sqrt(np.mean(gap**2)) > 0.02 * first.std()
  is_other = (gap > 0.01).reshape(len(gap), -1).any(axis=1)
  return is_other.mean() >= 0.1


@every_generator
def test_targets_stay_bounded(generator):
  rng = np.random.default_rng(8)
  for _ in range(6):
    assert list(conformance.bounded_targets(generator.one(rng))) == []
