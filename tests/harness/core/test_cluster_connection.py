"""Mistakes about the addresses of clusters; none is started."""

import socket
import sys

import pytest

from harness.core import cluster_connection
from harness.core.errors import UserError


def test_without_ray_the_extra_is_named(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setitem(sys.modules, "ray", None)
  with pytest.raises(UserError, match=r"pip install 'actmine\[ray\]'$"):
    cluster_connection.open_to("auto")


@pytest.mark.parametrize("address", ["head", "head:", ":6379", "a:70000", ""])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
  with pytest.raises(UserError, match="takes HOST:PORT, auto or local, not"):
    cluster_connection.open_to(address)


def test_nobody_at_an_address() -> None:
  with socket.socket() as free:  # Bound, and refusing: nobody listens.
    free.bind(("127.0.0.1", 0))
    address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UserError, match=f"no cluster at --ray={address}: Conn"):
      cluster_connection.open_to(address)
