"""Servers and proxies that are not there are found before a search begins."""

import pytest

from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.reachability import check
from harness.core.errors import UserError
from tests.evolve.proposers.llm.calling import closed_port
from tests.evolve.proposers.llm.chat_server import ChatServer, script


def _error(url: str) -> str:
  with pytest.raises(UserError) as caught:
    check(url)
  assert "\n" not in str(caught.value)
  return str(caught.value)


def test_a_server_must_listen() -> None:
  url = f"http://127.0.0.1:{closed_port()}/v1"
  error = _error(url)
  assert error.startswith(f"no server at {url} (Connection refused): ")
  assert "--llm=model@http" in error
  with ChatServer(script("fine")) as server:
    check(server.base_url)
  assert "no server at http://no.such.host.invalid/v1 (" in _error(
    "http://no.such.host.invalid/v1"
  )


def test_a_server_without_tls_has_no_https_address() -> None:
  with ChatServer(script("fine")) as server:
    url = server.base_url.replace("http:", "https:")
    error = _error(url)
  assert error.startswith(f"no TLS with the server at {url} (")
  assert error.endswith("its address begins with http://")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_must_answer(
  monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
  with ChatServer(script("fine")) as server:
    monkeypatch.setenv(name, f"http://user:secret@127.0.0.1:{closed_port()}")
    error = _error(server.base_url)
    assert f"proxy of {name.upper()} at 127.0.0.1 does not answer" in error
    assert "(Connection refused)" in error and "NO_PROXY=127.0.0.1" in error
    assert "secret" not in error
    # What it says helps.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    check(server.base_url)
    monkeypatch.delenv("NO_PROXY")
    # Behind a proxy that is there, only the proxy knows.
    monkeypatch.setenv(name, server.base_url)
    check("http://no.such.host.invalid/v1")
  assert server.requests == []


@pytest.mark.parametrize(
  ("name", "address", "said"),
  [
    ("ALL_PROXY", "socks5://127.0.0.1:1080", "pip install socksio, or unset A"),
    ("HTTPS_PROXY", "ftp://127.0.0.1:1080", "Unknown scheme for proxy URL"),
  ],
)
def test_a_proxy_that_cannot_be_used_is_one_line(
  monkeypatch: pytest.MonkeyPatch, name: str, address: str, said: str
) -> None:
  monkeypatch.setenv(name, address)
  with pytest.raises(UserError, match=f"{said}.*") as caught:
    Endpoint(Model("m", "http://localhost:1/v1"), "none", Sampling())
  assert "\n" not in str(caught.value) and "HTTPS_PROXY" in str(caught.value)
