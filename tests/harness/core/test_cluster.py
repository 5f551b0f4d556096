"""Mistakes about clusters, and their nodes in words; none is started."""

import socket
import sys

import pytest

from harness.core.cluster import Cluster, Node
from harness.core.errors import UserError


def test_without_ray_the_extra_is_named(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setitem(sys.modules, "ray", None)
  with pytest.raises(UserError, match=r"pip install 'actmine\[ray\]'$"):
    Cluster("auto")


@pytest.mark.parametrize("address", ["head", "head:", ":6379", "a:70000", ""])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
  with pytest.raises(UserError, match="takes HOST:PORT, auto or local, not"):
    Cluster(address)


def test_nobody_at_an_address() -> None:
  with socket.socket() as free:  # Bound, and refusing: nobody listens.
    free.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UserError, match=f"no cluster at --ray={address}: Conn"):
      Cluster(address)


def test_different_processors_are_named() -> None:
  found = Cluster.__new__(Cluster)
  found.nodes = tuple(Node(str(i), "n", 2, 0, "A") for i in range(2))
  assert found.description == "2 nodes: 2 x A"
  found.nodes = (*found.nodes, Node("2", "n", 2, 0, "B"))
  assert found.description == (
    "3 nodes: 2 x A; 1 x B; the last bits of XLA differ between processors, so "
    "results depend on which node did what"
  )
