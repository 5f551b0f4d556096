"""Mistakes about clusters, and what nodes are asked; no cluster is started."""

import socket
import sys
from pathlib import Path

import pytest

from harness.core import cluster
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


def test_what_a_node_tells(tmp_path: Path) -> None:
  there, missing = tmp_path / "there", tmp_path / "missing"
  there.touch()
  state = cluster.state_here([there, missing])
  assert state.seen == {str(there): True, str(missing): False}
  assert state.versions["code"] == cluster.code_hash()
  assert {"Python", "jax", "numpy"} < state.versions.keys()
  assert state.processor


def test_the_hash_is_of_every_module(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  module = tmp_path / "harness" / "core" / "cluster.py"
  other = tmp_path / "evolve" / "x.py"
  for path in (module, other):
    path.parent.mkdir(parents=True)
    path.write_text("a = 1\n")
  monkeypatch.setattr(cluster, "__file__", str(module))
  first = cluster.code_hash()
  other.write_text("a = 2\n")
  second = cluster.code_hash()
  (tmp_path / "evolve" / "x.txt").write_text("no module")
  assert first != second == cluster.code_hash()


def test_different_processors_are_named() -> None:
  found = Cluster.__new__(Cluster)
  found.nodes = tuple(Node(str(i), "n", 2, 0, "A") for i in range(2))
  assert found.description == "2 nodes: 2 x A"
  found.nodes = (*found.nodes, Node("2", "n", 2, 0, "B"))
  assert found.description == (
    "3 nodes: 2 x A; 1 x B; the last bits of XLA differ between processors, so "
    "results depend on which node did what"
  )
