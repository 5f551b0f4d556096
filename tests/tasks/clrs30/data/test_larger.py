"""Test splits at other numbers of nodes: what upstream draws, cut."""

from pathlib import Path

import clrs
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core import memory
from harness.core.errors import UserError
from tasks.clrs30.data import batch_files, larger
from tasks.clrs30.evaluation import in_batches
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.registry import get
from tests.tasks.clrs30.data.live_sampler import SmallProtocol

LENGTH = 6
# A pointer; a permutation; predecessors as input.
ALGORITHMS = ["bfs", "insertion_sort", "activity_selector"]


def _upstream(algorithm: str) -> clrs.Feedback:
  sampler, _ = clrs.build_sampler(
    algorithm,
    seed=clrs.CLRS30["test"]["seed"],
    num_samples=larger.size(get(algorithm)),
    length=LENGTH,
  )
  return sampler.next()


def _drawn(algorithm: str) -> clrs.Feedback:
  return larger.draw(get(algorithm), LENGTH, lambda line: None)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_trajectories_are_upstreams_with_their_first_hints(
  algorithm: str,
) -> None:
  whole, cut = _upstream(algorithm), _drawn(algorithm)
  np.testing.assert_array_equal(cut.features.lengths, whole.features.lengths)
  pairs = (
    (cut.features.inputs, whole.features.inputs),
    (cut.outputs, whole.outputs),
  )
  for found, expected in pairs:
    for one, other in zip(found, expected, strict=True):
      assert (one.name, one.location, one.type_) == (
        other.name, other.location, other.type_
      )  # fmt: skip
      np.testing.assert_array_equal(one.data, other.data)
  for one, other in zip(cut.features.hints, whole.features.hints, strict=True):
    assert len(one.data) == 1
    np.testing.assert_array_equal(one.data, other.data[:1])


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_predictions_need_no_more(algorithm: str) -> None:
  """Of a network with weights that no training has seen."""
  protocol = SmallProtocol(train_lengths=(4,), hidden_size=4, num_validation=4)
  found = []
  for split in (_upstream(algorithm), _drawn(algorithm)):
    whole, *_ = batches = list(in_batches(split, get(algorithm), 20))
    assert [len(b.features.lengths) for b in batches] == [20, 12]
    spec = {
      point.name: (stage, point.location, point.type_)
      for stage, points in (
        (clrs.Stage.INPUT, whole.features.inputs),
        (clrs.Stage.HINT, whole.features.hints),
        (clrs.Stage.OUTPUT, whole.outputs),
      )
      for point in points
    }
    model = Model(spec, whole, jnp.tanh, protocol, processor="deepsets")
    predict = jax.jit(model.predict)
    weights = model.init(1)
    found.append([predict(weights, batch.features) for batch in batches])
  for one, other in zip(*map(jax.tree.leaves, found), strict=True):
    np.testing.assert_array_equal(one, other)


def test_a_split_is_kept_beside_the_benchmarks(tmp_path: Path) -> None:
  split = _drawn("bfs")
  batch_files.write_test(tmp_path, get("bfs"), 128, split)
  batch_files.write_test(tmp_path, get("bfs"), 64, split)
  assert sorted(path.name for path in (tmp_path / "bfs").iterdir()) == [
    "test.npz", "test128.npz"
  ]  # fmt: skip
  again = batch_files.read_test(tmp_path, get("bfs"), 128)
  for one, other in zip(
    again.features.hints, split.features.hints, strict=True
  ):
    np.testing.assert_array_equal(one.data, other.data)


def test_the_protocol_of_a_run_has_its_lengths() -> None:
  protocol = Protocol(test_lengths=(64, 128))
  assert Protocol.of(protocol.settings()) == protocol
  assert "test_lengths" not in Protocol().settings()
  assert Protocol.of(Protocol().settings()) == Protocol()


def test_more_are_drawn_where_each_holds_one_answer() -> None:
  sizes = {name: larger.size(get(name)) for name in ("bfs", "minimum")}
  assert sizes == {"bfs": 32, "minimum": 128}


def test_memory_is_foretold(monkeypatch: pytest.MonkeyPatch) -> None:
  """From two small trajectories what a larger one takes, within a factor."""
  taken = 2 * larger._num_bytes(get("dijkstra"), 64)
  monkeypatch.setattr(memory, "host_free", lambda: 2 * taken)
  larger.check_memory(get("dijkstra"), 64)
  monkeypatch.setattr(memory, "host_free", lambda: taken // 2)
  with pytest.raises(UserError, match="of dijkstra at 64 nodes takes about 0"):
    larger.check_memory(get("dijkstra"), 64)
  monkeypatch.undo()
  with pytest.raises(UserError, match="leave 200000 out of --test_lengths"):
    larger.check_memory(get("bfs"), 200_000)
