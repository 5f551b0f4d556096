"""The loopback server does to a client what it says it does."""

import contextlib
import dataclasses
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from typing import Any, Self

import pytest

from tests.evolve.proposers.llm.chat_server import (
  MODEL,
  ChatServer,
  Reply,
  bad_request,
  by_prompt,
  cut,
  dropped,
  empty_choices,
  huge,
  not_found,
  not_json,
  null_content,
  rate_limited,
  refusal,
  script,
  server_error,
  slow,
  streamed,
  truncated_json,
  unauthorized,
  without_usage,
)


@pytest.fixture(autouse=True)
def _stderr_stays_empty(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
  yield
  assert capfd.readouterr().err == ""


class _Client:
  """One kept-alive connection, which http.client opens anew if closed."""

  def __init__(self, server: ChatServer, key: str = "secret"):
    address = server.base_url.split("/")[2]
    self.connection = http.client.HTTPConnection(address, timeout=30)
    self.key = key
    self.headers: http.client.HTTPMessage | None = None

  def __enter__(self) -> Self:
    return self

  def __exit__(self, *_: object) -> None:
    self.connection.close()

  def send(
    self, method: str, path: str, body: bytes = b""
  ) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {self.key}"}
    self.connection.request(method, path, body, headers)
    response = self.connection.getresponse()
    self.headers = response.headers
    return response.status, response.read()

  def raw(self, prompt: str = "hello") -> tuple[int, bytes]:
    messages = [
      {"role": "system", "content": "Be brief."},
      {"role": "user", "content": prompt},
    ]
    body = {"model": "m", "messages": messages, "temperature": 0.5}
    path = "/v1/chat/completions"
    return self.send("POST", path, json.dumps(body).encode())

  def ask(self, prompt: str = "hello") -> tuple[int, Any]:
    status, body = self.raw(prompt)
    return status, json.loads(body)


@contextlib.contextmanager
def _talk(*replies: Reply | str) -> Iterator[_Client]:
  with ChatServer(script(*replies)) as server, _Client(server) as client:
    yield client


def _ask_once(
  server: ChatServer, prompt: str = "hello", key: str = "secret"
) -> tuple[int, Any]:
  with _Client(server, key) as client:
    return client.ask(prompt)


def test_answers_in_order_and_remembers() -> None:
  before = time.monotonic()
  with (
    ChatServer(script("first", "second")) as server,
    _Client(server) as client,
  ):
    answers = [client.ask(prompt) for prompt in ("one", "two", "three")]
    socket = client.connection.sock
    client.ask("four")
    assert client.connection.sock is socket  # Kept alive.
  contents = [a["choices"][0]["message"]["content"] for _, a in answers]
  assert contents == ["first", "second", "second"]
  assert [r.number for r in server.requests] == [0, 1, 2, 3]
  assert [r.prompt for r in server.requests] == ["one", "two", "three", "four"]
  times = [before, *(r.time for r in server.requests), time.monotonic()]
  assert times == sorted(times)
  request = server.requests[0]
  assert (request.model, request.key) == ("m", "secret")
  assert request.messages == request.body["messages"]
  assert request.body["temperature"] == 0.5
  assert server.max_concurrent == 1


def test_an_ordinary_answer() -> None:
  with _talk("x" * 40) as client:
    assert client.ask("hello") == (
      200,
      {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "m",
        "choices": [
          {
            "index": 0,
            "message": {
              "role": "assistant",
              "content": "x" * 40,
              "refusal": None,
            },
            "finish_reason": "stop",
          }
        ],
        "usage": {
          "prompt_tokens": len("Be brief.hello") // 4 + 1,
          "completion_tokens": 11,
          "total_tokens": 15,
        },
      },
    )


def test_lists_a_model_and_refuses_other_requests_than_chats() -> None:
  with ChatServer(script("never")) as server, _Client(server) as client:
    status, body = client.send("GET", "/v1/models")
    assert status == 200
    assert [m["id"] for m in json.loads(body)["data"]] == [MODEL]
    assert client.send("GET", "/v1/nothing")[0] == 404
    assert client.send("POST", "/v1/completions", b"{}")[0] == 404
    chat = b'{"model": "m", "messages": []'  # Never closed.
    for body in (
      b"",
      b"[]",
      b"{}",
      b'{"model": "m", "messages": "hello"}',
      chat,
    ):
      assert client.send("POST", "/v1/chat/completions", body)[0] == 400
  assert server.requests == []
  assert server.max_concurrent == 0


@pytest.mark.parametrize(
  ("reply", "status", "code"),
  [
    (rate_limited(), 429, "rate_limit_exceeded"),
    (server_error(), 500, None),
    (unauthorized(), 401, "invalid_api_key"),
    (not_found(), 404, "model_not_found"),
    (bad_request("No."), 400, None),
  ],
)
def test_failures_keep_the_connection(
  reply: Reply, status: int, code: str | None
) -> None:
  with _talk(reply, "fine") as client:
    found, body = client.ask()
    socket = client.connection.sock
    assert (found, body["error"]["code"]) == (status, code)
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert client.ask()[0] == 200
    assert client.connection.sock is socket


def test_retry_after_in_its_two_forms_or_none() -> None:
  date = formatdate(time.time() + 5, usegmt=True)
  with _talk(rate_limited(), rate_limited(0.5), rate_limited(date)) as client:
    found = []
    for _ in range(3):
      client.ask()
      assert client.headers
      found.append(client.headers["Retry-After"])
  assert found == [None, "0.5", date]


def test_drops_the_connection() -> None:
  with _talk(dropped(), dropped(midway=True), "fine") as client:
    with pytest.raises(http.client.RemoteDisconnected):
      client.ask()
    with pytest.raises(http.client.IncompleteRead) as caught:
      client.ask()
    assert caught.value.partial.startswith(b'{"id": "chatcmpl-1"')
    client.connection.close()
    assert client.ask()[0] == 200


def _choice(reply: Reply) -> Any:
  with _talk(reply) as client:
    status, body = client.ask()
  assert status == 200
  return body["choices"][0]


def test_odd_completions() -> None:
  assert _choice(null_content())["message"]["content"] is None
  choice = _choice(refusal("I won't."))
  assert choice["message"]["content"] is None
  assert choice["message"]["refusal"] == "I won't."
  assert choice["finish_reason"] == "stop"
  choice = _choice(cut("def act"))
  assert choice["message"]["content"] == "def act"
  assert choice["finish_reason"] == "length"
  assert len(_choice(huge(5_000_000))["message"]["content"]) == 5_000_000
  with _talk(empty_choices(), without_usage("text")) as client:
    assert client.ask()[1]["choices"] == []
    assert "usage" not in client.ask()[1]


def test_bodies_that_are_no_json() -> None:
  with _talk(truncated_json(), not_json()) as client:
    for kind in ("application/json", "text/html"):
      status, body = client.raw()
      assert client.headers
      assert (status, client.headers["Content-Type"]) == (200, kind)
      with pytest.raises(json.JSONDecodeError):
        json.loads(body)


def test_streams_come_in_pieces() -> None:
  with _talk(streamed("x" * 8)) as client:
    status, body = client.raw()
  *events, end = body.decode().split("\n\n")[:-1]
  assert (status, end) == (200, "data: [DONE]")
  chunks = [json.loads(event.removeprefix("data: ")) for event in events]
  choices = [choice for chunk in chunks for choice in chunk["choices"]]
  assert [c["delta"].get("content") for c in choices] == ["x" * 7, "x", None]
  assert choices[-1]["finish_reason"] == "stop"
  assert chunks[-1]["usage"] == {"prompt_tokens": 7, "completion_tokens": 3}


def test_replies_combine() -> None:
  late = dataclasses.replace(slow(server_error(), 0.1), retry_after="7")
  with _talk(late) as client:
    start = time.monotonic()
    assert client.ask()[0] == 500
    assert time.monotonic() - start >= 0.1
    assert client.headers and client.headers["Retry-After"] == "7"


def test_by_prompt_and_with_a_delay() -> None:
  with ChatServer(by_prompt(str.upper), delay=0.1) as server:
    start = time.monotonic()
    answer = _ask_once(server, "loud")[1]
    assert time.monotonic() - start >= 0.1
  assert answer["choices"][0]["message"]["content"] == "LOUD"


def test_wants_its_key() -> None:
  with ChatServer(script("fine"), required_key="right") as server:
    assert _ask_once(server, key="wrong")[0] == 401
    assert _ask_once(server, key="right")[0] == 200
  assert [r.key for r in server.requests] == ["wrong", "right"]


def test_counts_requests_in_work() -> None:
  together = threading.Barrier(8)

  def answer(request: object) -> str:
    together.wait(30)
    return "fine"

  def ask(_: int) -> int:
    return _ask_once(server)[0]

  with ChatServer(answer) as server, ThreadPoolExecutor(8) as threads:
    assert set(threads.map(ask, range(24))) == {200}
  assert server.max_concurrent == 8
  assert [r.number for r in server.requests] == list(range(24))


def test_an_answer_ends_before_its_client_asks_again() -> None:
  with ChatServer(script("fine")) as server:
    for _ in range(100):
      assert _ask_once(server)[0] == 200  # Each its own connection.
  assert server.max_concurrent == 1


def _wait_for(condition: Callable[[], object]) -> None:
  deadline = time.monotonic() + 30
  while not condition():
    assert time.monotonic() < deadline
    time.sleep(0.01)


def test_stops_at_once_whatever_is_open() -> None:
  with (
    ThreadPoolExecutor(1) as threads,
    ChatServer(script("fine", slow("never", 600))) as server,
    _Client(server) as idle,
  ):
    idle.ask()
    asked = threads.submit(_ask_once, server)
    _wait_for(lambda: len(server.requests) == 2)
    num_threads = threading.active_count()
    start = time.monotonic()
    server.__exit__(None)
    assert time.monotonic() - start < 3
    with pytest.raises(ConnectionError):
      asked.result(30)
    with pytest.raises(ConnectionError):
      idle.ask()
    with pytest.raises(ConnectionRefusedError):
      _ask_once(server)
    # The one that accepts, and one for each connection.
    _wait_for(lambda: threading.active_count() <= num_threads - 3)


def test_errors_of_an_answer_are_raised_again() -> None:
  def answer(request: object) -> str:
    raise ZeroDivisionError("ours")

  with (
    pytest.raises(ZeroDivisionError, match="ours"),
    ChatServer(answer) as server,
  ):
    assert _ask_once(server)[0] == 500
  with pytest.raises(KeyError), ChatServer(answer) as server:
    assert _ask_once(server)[0] == 500
    raise KeyError("what the test itself found comes first")
