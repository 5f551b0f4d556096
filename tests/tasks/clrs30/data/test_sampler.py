"""Batches equal those of upstream's example, also after an interruption."""

import dataclasses
import pickle
import subprocess
import sys

import numpy as np
import pytest

from tasks.clrs30.data.sampler import BatchSampler
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.registry import get
from tests import ROOT
from tests.tasks.clrs30 import batches

SEED = 42
Arrays = list[dict[str, np.ndarray]]  # Of each batch.
Upstream = dict[str, tuple[int, Arrays]]  # And the seed of the keys.


def _assert_same(found: Arrays, expected: Arrays) -> None:
  assert len(found) == len(expected)
  for mine, theirs in zip(found, expected, strict=True):
    assert mine.keys() == theirs.keys()
    for name, values in mine.items():
      np.testing.assert_array_equal(values, theirs[name], err_msg=name)


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Upstream:
  path = tmp_path_factory.mktemp("upstream") / "batches"
  module = "tests.tasks.clrs30.upstream_batches"
  subprocess.run(
    [sys.executable, "-m", module, path, str(SEED)],
    cwd=ROOT,
    check=True,
    capture_output=True,
  )
  found: Upstream = pickle.loads(path.read_bytes())
  return found


@pytest.mark.parametrize("algorithm", batches.ALGORITHMS)
def test_batches_are_upstreams(algorithm: str, upstream: Upstream) -> None:
  few = min(get(algorithm).num_samples_multiplier, batches.FEW)
  sampler = BatchSampler(
    Protocol(train_lengths=batches.LENGTHS),
    dataclasses.replace(get(algorithm), num_samples_multiplier=few),
    SEED,
  )
  drawn = [sampler.example()]
  for step in range(batches.NUM_TRAINING):
    drawn.append(sampler.next_training())
    if step in batches.VALIDATED_STEPS:
      drawn += sampler.next_validation()
  key_seed, expected = upstream[algorithm]
  assert sampler.key_seed == key_seed
  _assert_same([batches.arrays(batch) for batch in drawn], expected)


def test_a_stream_goes_on_from_its_state() -> None:
  protocol = Protocol(train_lengths=batches.LENGTHS, batch_size=4)

  def begin() -> BatchSampler:
    sampler = BatchSampler(protocol, get("dijkstra"), SEED)
    sampler.example()
    return sampler

  def take(sampler: BatchSampler) -> Arrays:
    drawn = [sampler.next_training() for _ in range(3)]
    return [batches.arrays(b) for b in [*drawn, *sampler.next_validation()]]

  sampler = begin()
  take(sampler)
  state = pickle.loads(pickle.dumps(sampler.state()))
  expected = take(sampler)
  again = begin()
  again.restore(state)
  _assert_same(take(again), expected)
