"""The share of a cluster that a training takes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.core.cluster import Node
from harness.core.errors import UserError
from harness.core.trainings import on_cluster
from harness.core.trainings.on_cluster import Remote


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
  assert Remote.of("auto", 1, 2, 0.5) == Remote("auto", 2, 0.5)
  with pytest.raises(UserError, match="--jobs is for one machine"):
    Remote.of("auto", 2, 1, 0.0)


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
