"""The share of a cluster that a training takes."""

from collections import deque
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.core.cluster import Node
from harness.core.errors import UserError
from harness.core.trainings import on_cluster
from harness.core.trainings.messages import Failure
from harness.core.trainings.on_cluster import Remote, _Calls, _Unit


def _cluster(*shares: tuple[int, int]) -> Any:
  nodes = [Node(str(i), "n", c, g, "A") for i, (c, g) in enumerate(shares)]
  return cast(Any, SimpleNamespace(nodes=nodes))


@pytest.mark.parametrize(
  ("cpus", "gpus", "places"),
  [(1, 0.0, 12), (3, 0.0, 3), (8, 0.0, 1), (1, 1.0, 2), (1, 0.5, 4), (9, 0, 0)],
)
def test_places_are_on_single_nodes(
  cpus: int, gpus: float, places: int
) -> None:
  cluster = _cluster((4, 0), (8, 2))
  assert Remote("a:1", cpus, gpus).num_places(cluster) == places


def test_jobs_are_of_one_machine() -> None:
  assert Remote.of(None, 4, 1, 0.0) is None
  assert Remote.of("", 4, 1, 0.0) is None  # A resumed run needs no cluster.
  assert Remote.of("auto", 1, 2, 0.5) == Remote("auto", 2, 0.5)
  with pytest.raises(UserError, match="--jobs is for one machine"):
    Remote.of("auto", 2, 1, 0.0)
  with pytest.raises(UserError, match=r"--gpus_per_job=1\.5 must be a whole"):
    Remote.of("auto", 1, 1, 1.5)


def test_more_gpus_than_any_node_has(
  monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
  closed = []
  cluster = _cluster((4, 0), (8, 1))
  cluster.close = lambda: closed.append(True)
  monkeypatch.setattr(on_cluster, "Cluster", lambda address, shared: cluster)
  line = "has --cpus_per_job=1 and --gpus_per_job=2; n has 8 and 1"
  with pytest.raises(UserError, match=line):
    Remote("a:1", 1, 2.0).connect(tmp_path)
  assert closed
  assert Remote("a:1", 1, 1.0).connect(tmp_path) is cluster


class _Mailbox:
  """Messages that calls have sent."""

  def __init__(self, *messages: Any):
    self._messages = list(messages)

  def qsize(self) -> int:
    return len(self._messages)

  def get_nowait_batch(self, count: int) -> list[Any]:
    found, self._messages = self._messages[:count], self._messages[count:]
    return found


def _heard(unit: _Unit, *messages: Any) -> list[Any]:
  """Trainings that messages end; the unit is the only one at work."""
  calls = _Calls(
    cast(Any, None), Remote("a:1"), b"", _Mailbox(*messages), cast(Any, None)
  )
  calls.at_work[1] = unit
  return list(calls._heard())


def test_an_error_before_the_first_training_is_raised() -> None:
  failure = Failure("--algorithm_module=mine.py: no such file", True)
  unit = _Unit(1, deque(), attempts=2)
  with pytest.raises(UserError, match=r"mine\.py: no such file"):
    _heard(unit, ((1, 2), failure))
  with pytest.raises(RuntimeError, match="Traceback"):
    _heard(unit, ((1, 2), Failure("Traceback ...", False)))


def test_a_call_that_was_given_up_is_not_heard() -> None:
  failure = Failure("it can't be", True)
  unit = _Unit(1, deque(), attempts=2)
  assert _heard(unit, ((1, 1), failure), ((7, 1), failure)) == []
