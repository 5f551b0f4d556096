"""The nodes of a cluster in words; none is started."""

from harness.core.cluster import Cluster, Node


def test_different_processors_are_named() -> None:
  found = Cluster.__new__(Cluster)
  found.nodes = tuple(Node(str(i), "n", 2, 0, "A") for i in range(2))
  assert found.description == "2 nodes: 2 x A"
  found.nodes = (*found.nodes, Node("2", "n", 2, 0, "B"))
  assert found.description == (
    "3 nodes: 2 x A; 1 x B; the last bits of XLA differ between processors, so "
    "results depend on which node did what"
  )
