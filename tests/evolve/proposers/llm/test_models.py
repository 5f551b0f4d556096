"""Models, addresses, keys and prices are read from flags and environment."""

import json
from pathlib import Path

import pytest

from evolve.proposers.llm.models import Model, Price, parse, read_prices
from harness.core.errors import UserError

_OPENAI = "https://api.openai.com/v1"
_LOCAL = "http://localhost:11434/v1"


def _error(*specs: str, weights: tuple[str, ...] = ()) -> str:
  with pytest.raises(UserError) as caught:
    parse(specs, weights)
  assert "\n" not in str(caught.value)
  return str(caught.value)


def test_parses_names_and_addresses() -> None:
  prices = {"llama3:8b": Price(0.1, 0.2), "other": Price(1, 2)}
  found = parse(
    [
      "gpt-4.1-mini",
      f"llama3:8b@{_LOCAL}",
      "org/m-1@https://api.mistral.ai/v1/",
      "claude@2024@http://[::1]:8080/v1",
      "claude@20241022",
    ],
    prices=prices,
  )
  assert found == (
    Model("gpt-4.1-mini", _OPENAI),
    Model("llama3:8b", _LOCAL, price=Price(0.1, 0.2)),
    Model("org/m-1", "https://api.mistral.ai/v1"),
    Model("claude@2024", "http://[::1]:8080/v1"),
    Model("claude@20241022", _OPENAI),
  )
  assert [m.is_openai for m in found] == [True, False, False, False, True]
  assert parse([]) == ()


def test_the_default_address_comes_from_the_environment(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway/v1/")
  assert [m.base_url for m in parse(["a", f"b@{_LOCAL}"])] == [
    "http://gateway/v1",
    _LOCAL,
  ]
  monkeypatch.setenv("OPENAI_BASE_URL", "http://:secret@gateway/v1")
  assert "secret" not in _error("a")


def test_weights() -> None:
  assert [m.weight for m in parse(["a", "b"])] == [1.0, 1.0]
  assert [m.weight for m in parse(["a", "b"], ["0.5", "3"])] == [0.5, 3.0]
  assert "names 2 models, --llm_weights 1" in _error("a", "b", weights=("1",))
  for bad in ("0", "-1", "nan", "inf", "much", ""):
    assert f"--llm_weights: {bad} is no" in _error("a", weights=(bad,))


@pytest.mark.parametrize(
  "spec",
  [
    "",
    f"@{_LOCAL}",
    "a@b@c",
    _LOCAL,
    "a@ftp://host/v1",
    "a@HTTP://host/v1",
    "a@http://",
    "a@http:///v1",
    "a@httpx://host",
    "a@http://[::1/v1",
    "a@http://host:port/v1",
    "a@http://host:99999/v1",
    "a@http://a..b/v1",
    "a@127.0.0.1:11434/v1",
    "a@localhost",
    "a@gateway/v1",
    "a@1@127.0.0.1:11434/v1",
    "127.0.0.1:11434/v1",
    "localhost:11434",
    "[::1]:8080/v1",
  ],
)
def test_refuses_malformed_addresses(spec: str) -> None:
  assert "http://" in _error(spec)


def test_refuses_a_model_named_twice() -> None:
  assert "twice" in _error("a", f"a@{_LOCAL}")


@pytest.mark.parametrize(
  "url",
  [
    "http://sk-1@host/v1",
    "http://user:sk-1@host/v1",
    "http://:sk-1@host/v1",
    "https://host/v1?key=sk-1",
    "https://host/v1#sk-1",
    "http://user:sk-1@host:port/v1",
    "http://user:sk-1@[host/v1",
  ],
)
def test_refuses_addresses_with_keys_and_does_not_repeat_them(url: str) -> None:
  error = _error(f"a@{url}")
  assert "sk-1" not in error
  assert "LLM_API_KEY" in error or "is no address" in error


def test_keys_come_from_the_environment(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  openai = Model("gpt", _OPENAI)
  mistral = Model("m", "https://api.mistral.ai/v1")
  local = Model("llama", _LOCAL)
  assert [mistral.key(), local.key()] == ["none", "none"]
  with pytest.raises(UserError, match=r"OPENAI_API_KEY.* --llm=gpt@http://"):
    openai.key()
  monkeypatch.setenv("LLM_API_KEY", "any")
  with pytest.raises(UserError, match="no key for gpt"):
    openai.key()  # Another host's key is not OpenAI's.
  monkeypatch.setenv("OPENAI_API_KEY", "theirs")
  monkeypatch.setenv("LLM_API_KEY_API_MISTRAL_AI", "mistral's")
  keys = [m.key() for m in (openai, mistral, local)]
  assert keys == ["theirs", "mistral's", "any"]
  monkeypatch.delenv("LLM_API_KEY")
  assert local.key() == "none"  # OpenAI's key is for OpenAI alone.
  for lookalike in (
    "http://api.openai.com/v1",
    "https://api.openai.com.example/v1",
    "https://example/api.openai.com/v1",
  ):
    assert Model("gpt", lookalike).key() == "none"


def test_prices(tmp_path: Path) -> None:
  path = tmp_path / "prices.json"
  path.write_text(
    '{"a": {"prompt": 0.15, "completion": "0.6"}, "free": '
    '{"prompt": 0, "completion": 0, "seen": "2025-01"}}'
  )
  prices = read_prices(str(path))
  assert prices == {"a": Price(0.15, 0.6), "free": Price(0, 0)}
  assert prices["a"].cost(2_000_000, 1_000_000) == pytest.approx(0.9)
  assert prices["free"].cost(10**9, 10**9) == 0.0


@pytest.mark.parametrize(
  "text",
  [
    "",
    "[]",
    "3",
    '{"a": 1}',
    '{"a": null}',
    '{"a": {"prompt": 1}}',
    '{"a": {"prompt": "cheap", "completion": 1}}',
    '{"a": {"prompt": -1, "completion": 1}}',
    '{"a": {"prompt": NaN, "completion": 1}}',
    '{"a": {"prompt": 1, "completion": Infinity}}',
  ],
)
def test_refuses_files_without_prices(tmp_path: Path, text: str) -> None:
  path = tmp_path / "prices.json"
  path.write_text(text)
  with pytest.raises(UserError, match=r"prices\.json does not hold prices"):
    read_prices(str(path))


def test_refuses_prices_that_cannot_be_read(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"can't read prices .*: No such file"):
    read_prices(str(tmp_path / "none.json"))
  with pytest.raises(UserError, match=r"can't read prices .*: Is a directory"):
    read_prices(str(tmp_path))
  path = tmp_path / "latin.json"
  path.write_bytes(json.dumps({"é": 1}, ensure_ascii=False).encode("latin-1"))
  with pytest.raises(UserError, match="does not hold prices"):
    read_prices(str(path))
