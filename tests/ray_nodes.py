"""Clusters of Ray on this machine, whose nodes can be killed."""

import contextlib
from collections.abc import Iterator
from typing import Any

from ray.cluster_utils import Cluster as RayCluster

_STORE = 80 << 20  # Bytes.


class Nodes:
  """A head, on which the driver is, and another node.

  Attributes:
    address: for --ray.
  """

  def __init__(self, cpus: int):
    self._cluster = RayCluster()
    self._add(cpus, include_dashboard=False)
    self._other = self._add(cpus)
    self.address: str = self._cluster.address

  def kill_other(self) -> None:
    """Ends the processes of the node that is no head by SIGKILL."""
    self._cluster.remove_node(self._other, allow_graceful=False)

  def close(self) -> None:
    self._cluster.shutdown()

  def _add(self, cpus: int, **options: Any) -> Any:
    return self._cluster.add_node(
      num_cpus=cpus, object_store_memory=_STORE, **options
    )


@contextlib.contextmanager
def two_nodes(cpus: int = 1) -> Iterator[Nodes]:
  """A cluster of two nodes that lend so many processors each."""
  nodes = Nodes(cpus)
  try:
    yield nodes
  finally:
    nodes.close()
