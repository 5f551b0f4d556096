import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tasks.clrs30.data.stream import Stream
from tasks.clrs30.protocol import Protocol
from tests import ROOT
from tests.tasks.clrs30.batches import LENGTHS, NUM_TRAINING, arrays

SEED = 42
Batches = list[dict[str, np.ndarray]]


def _assert_same(found: Batches, expected: Batches) -> None:
  assert len(found) == len(expected)
  for mine, theirs in zip(found, expected, strict=True):
    assert mine.keys() == theirs.keys()
    for name, values in mine.items():
      np.testing.assert_array_equal(values, theirs[name], err_msg=name)


# A graph, a permutation, a constant predecessor on sparse needles.
@pytest.mark.parametrize(
  "algorithm", ["bfs", "insertion_sort", "naive_string_matcher"]
)
def test_batches_are_upstreams(tmp_path: Path, algorithm: str) -> None:
  path = tmp_path / "batches"
  module = "tests.tasks.clrs30.upstream_batches"
  subprocess.run(
    [sys.executable, "-m", module, path, algorithm, str(SEED)],
    cwd=ROOT,
    check=True,
    capture_output=True,
  )
  key_seed, expected = pickle.loads(path.read_bytes())
  stream = Stream(Protocol(train_lengths=LENGTHS), algorithm, SEED)
  found = [arrays(stream.example())]
  for step in range(NUM_TRAINING):
    found.append(arrays(stream.next_training()))
    if step in (0, 2):
      found += [arrays(batch) for batch in stream.next_validation()]
  assert stream.key_seed == key_seed
  _assert_same(found, expected)


def test_a_stream_goes_on_from_its_state() -> None:
  protocol = Protocol(train_lengths=LENGTHS, batch_size=4)

  def begin() -> Stream:
    stream = Stream(protocol, "dijkstra", SEED)
    stream.example()
    return stream

  def take(stream: Stream) -> Batches:
    batches = [stream.next_training() for _ in range(3)]
    return [arrays(b) for b in [*batches, *stream.next_validation()]]

  stream = begin()
  take(stream)
  state = pickle.loads(pickle.dumps(stream.state()))
  expected = take(stream)
  again = begin()
  again.restore(state)
  _assert_same(take(again), expected)
