"""A real server is asked, through its bad moments, and no answer is lost."""

import asyncio
import contextlib
import dataclasses
import gc
import json
import logging
import os
import random
import re
import select
import signal
import socket
import socketserver
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.llm.breaker import Breaker, GivenUpError
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import (
  Caps,
  ClientConfig,
  Patience,
  Sampling,
)
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.models import Model, Price
from evolve.proposers.llm.prompts import digest
from evolve.proposers.llm.record import (
  GAVE_UP,
  CallRecord,
  Outcome,
  Question,
  Reply,
  Spent,
)
from harness.core.errors import UserError
from tests import ROOT
from tests.evolve.proposers.llm import chat_server
from tests.evolve.proposers.llm.chat_server import (
  ChatServer,
  Request,
  bad_request,
  by_prompt,
  completion,
  script,
  slow,
)

_PRICE = Price(1000.0, 3000.0)
_KEY = "sk-very-secret-key"
# Nothing is given up, and nothing pauses, but where a test says so.
_PATIENCE = Patience(tries=50, backoff=0.01, failures=100, pause=0.05, pauses=3)
_SAMPLING = Sampling(temperature=0.5, max_tokens=100, timeout=60.0)
_CONFIG = ClientConfig(_SAMPLING, concurrency=4, patience=_PATIENCE)
_SECONDS = 60.0  # For what takes none, on the busiest machine.


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
  for name in os.environ:
    if name.upper().endswith("_PROXY") or name.startswith(("OPENAI_", "LLM_")):
      monkeypatch.delenv(name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
  return tmp_path / "programs.sqlite"


class _Log(logging.Handler):
  """Everything that is logged, whatever a logger passes on."""

  def __init__(self) -> None:
    super().__init__(logging.DEBUG)
    self.lines: list[str] = []

  def emit(self, record: logging.LogRecord) -> None:
    if record.name != "asyncio":  # It tells of its event loops.
      self.lines.append(f"{record.name}: {self.format(record)}")


@pytest.fixture
def log() -> Iterator[_Log]:
  handler, root = _Log(), logging.getLogger()
  ours, level = logging.getLogger("actmine"), root.level
  propagates, ours.propagate = ours.propagate, True
  root.addHandler(handler)
  root.setLevel(logging.DEBUG)
  yield handler
  root.removeHandler(handler)
  root.setLevel(level)
  ours.propagate = propagates


def _model(server: ChatServer, name: str = "m", **changes: Any) -> Model:
  return Model(name, server.base_url, **{"price": _PRICE, **changes})


def _question(model: Model, slot: int = 0, text: str = "hello") -> Question:
  prompt = [{"role": "user", "content": text}]
  return Question(slot, 0, digest(prompt), prompt, model)


@contextlib.contextmanager
def _client(path: Path, *models: Model, **changes: Any) -> Iterator[Client]:
  client = Client(models, path, dataclasses.replace(_CONFIG, **changes))
  try:
    yield client
  finally:
    closing = threading.Thread(target=client.close, daemon=True)
    closing.start()
    closing.join(_SECONDS)
    assert not closing.is_alive()


def _is_readable(client: Client, seconds: float = 0.0) -> bool:
  return bool(select.select([client.wake], [], [], seconds)[0])


def _wait(client: Client, count: int) -> list[tuple[Question, Outcome]]:
  found: list[tuple[Question, Outcome]] = []
  while len(found) < count:
    assert _is_readable(client, _SECONDS)
    found += client.outcomes()
  assert len(found) == count
  return found


def _ask(client: Client, question: Question) -> Outcome:
  client.ask(question)
  ((asked, outcome),) = _wait(client, 1)
  assert asked is question
  return outcome


def _reply(client: Client, question: Question) -> Reply:
  outcome = _ask(client, question)
  assert isinstance(outcome, Reply)
  return outcome


def _error(client: Client, question: Question) -> str:
  """The one line that a question ends with."""
  client.ask(question)
  with pytest.raises(UserError) as caught:
    _wait(client, 1)
  text = str(caught.value)
  assert "\n" not in text and len(text) < 1000
  assert _KEY not in "".join(traceback.format_exception(caught.value))
  return text


def _rows(path: Path) -> list[dict[str, Any]]:
  """As another process sees them."""
  with contextlib.closing(sqlite3.connect(path)) as connection:
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT * FROM calls ORDER BY number")
    return [dict(row) for row in rows]


def _wait_for(condition: Callable[[], object]) -> None:
  deadline = time.monotonic() + _SECONDS
  while not condition():
    assert time.monotonic() < deadline
    time.sleep(0.01)


def _closed_port() -> int:
  with socket.create_server(("127.0.0.1", 0)) as listening:
    return listening.getsockname()[1]


def test_an_ordinary_answer(path: Path, log: _Log) -> None:
  prompt = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "é🙂"},
  ]
  with ChatServer(script("x * x")) as server:
    model = _model(server)
    question = Question(7, 1, digest(prompt), prompt, model)
    with _client(path, model) as client:
      reply = _reply(client, question)
    (request,) = server.requests
  sent, got = len("Be brief.é🙂") // 4 + 1, len("x * x") // 4 + 1
  cost = (1000 * sent + 3000 * got) / 1e6
  assert reply == Reply("x * x", "stop", None, sent, got, cost, reply.seconds)
  assert 0 < reply.seconds < _SECONDS
  (row,) = _rows(path)
  assert json.loads(row.pop("prompt")) == prompt
  assert row == {
    "number": 1,
    "slot": 7,
    "attempt": 1,
    "digest": question.digest,
    "model": "m",
    "base_url": server.base_url,
    "replayed": 0,
    **reply._asdict(),
  }
  assert request.key == "none"
  assert request.body == {
    "model": "m",
    "messages": prompt,
    "temperature": 0.5,
    "max_tokens": 100,
  }
  assert log.lines == []


def _message(content: Any, **changes: Any) -> chat_server.Reply:
  message = {"role": "assistant", "content": content}
  choice = {"index": 0, "message": message, "finish_reason": "stop"}
  return completion("", choices=[choice | changes])


@pytest.mark.parametrize(
  ("sent", "reply"),
  [
    (chat_server.null_content(), Reply("", "stop", None, 2, 1, 0.005)),
    (chat_server.refusal("No."), Reply("No.", "stop", None, 2, 1, 0.005)),
    (chat_server.cut("def act"), Reply("def act", "length", None, 2, 2, 0.008)),
    (
      chat_server.huge(1_000_000),
      Reply("x" * 1_000_000, "stop", None, 2, 250_001, 750.005),
    ),
    (chat_server.without_usage("x"), Reply("x", "stop")),
    (
      completion("x", usage={"prompt_tokens": 3, "completion_tokens": None}),
      Reply("x", "stop", None, 3),
    ),
    (completion("x", usage={}), Reply("x", "stop")),
    (completion("x", usage="many"), Reply("x", "stop")),
    (
      completion("x", usage={"prompt_tokens": -1, "completion_tokens": 2**80}),
      Reply("x", "stop"),
    ),
    (_message("a\0\ud800é"), Reply("a\0?é", "stop", None, 2, 1, 0.005)),
    (_message("x", message=None), Reply("", "stop", None, 2, 1, 0.005)),
    (_message("x", finish_reason=None), Reply("x", None, None, 2, 1, 0.005)),
    (_message("x", finish_reason=[1]), Reply("x", None, None, 2, 1, 0.005)),
  ],
)
def test_odd_answers_are_answers(
  path: Path, sent: chat_server.Reply, reply: Reply
) -> None:
  with ChatServer(script(sent)) as server:
    model = _model(server)
    with _client(path, model) as client:
      found = _reply(client, _question(model))
    assert len(server.requests) == 1
  assert found._replace(cost=None, seconds=0) == reply._replace(cost=None)
  assert found.cost == pytest.approx(reply.cost)
  (row,) = _rows(path)
  assert found == Reply(*(row[name] for name in Reply._fields))
  record = CallRecord(path)
  refound = record.find(_question(model))
  assert refound and refound[0] == found
  record.close()


def _plain(status: int, body: bytes) -> chat_server.Reply:
  return chat_server.Reply(body, status, content_type="text/plain")


@pytest.mark.parametrize(
  ("sent", "error"),
  [
    (chat_server.rate_limited(), "429: .*Rate limit reached"),
    (chat_server.rate_limited(0.05), "429: "),
    (chat_server.rate_limited("now"), "429: "),
    (chat_server.server_error(), "500: .*The server had an error"),
    (_plain(502, b"<html>" + b"bad gateway" * 1000), "502: "),
    (_plain(408, b""), "408: "),
    (_plain(409, b""), "409: "),
    (chat_server.Reply(b'{"error": {"message": "\\ud800"}}', 503), "503: "),
    (chat_server.dropped(), "Connection error"),
    (chat_server.dropped(midway=True), "Connection error"),
    (chat_server.truncated_json(), "JSONDecodeError: "),
    (chat_server.Reply(b""), "JSONDecodeError: "),
    (chat_server.Reply(b'"\xff"'), "UnicodeDecodeError: "),
    (chat_server.Reply(b"[" * 100_000), "RecursionError: "),
    (chat_server.not_json(), "without choices"),
    (chat_server.empty_choices(), "without choices"),
    (completion("x", choices=None), "without choices"),
    (completion("x", choices=[None]), "without choices"),
    (completion("x", choices={"0": "x"}), "without choices"),
    (completion("x", choices="x"), "without choices"),
    (_message("x", message="x"), "without choices"),
    (chat_server.Reply(b"[]"), "without choices"),
    (chat_server.Reply(b'{"error": {"message": "busy"}}'), "without choices"),
    (_message([{"type": "text", "text": "x"}]), "no text"),
    (_message(3), "no text"),
  ],
)
def test_failures_are_recorded_and_survived(
  path: Path, log: _Log, sent: chat_server.Reply, error: str
) -> None:
  with ChatServer(script(sent, sent, "fine")) as server:
    model = _model(server)
    with _client(path, model) as client:
      reply = _reply(client, _question(model))
    assert len(server.requests) == 3
  assert reply[:6] == ("fine", "stop", None, 2, 2, pytest.approx(0.008))
  *failed, fine = _rows(path)
  assert len(failed) == len(log.lines) == 2
  for row, line in zip(failed, log.lines, strict=True):
    assert re.search(error, row["error"])
    assert len(row["error"]) <= 500
    assert line == f"actmine: m: {row['error']}"
    for name in Reply._fields:
      assert (row[name] is None) == (name not in ("error", "seconds"))
  assert fine["answer"] == "fine"


def test_honours_retry_after(path: Path) -> None:
  with ChatServer(script(chat_server.rate_limited(0.3), "fine")) as server:
    model = _model(server)
    with _client(path, model) as client:
      assert _reply(client, _question(model)).answer == "fine"
  first, second = server.requests
  assert second.time - first.time >= 0.3


def test_how_long_it_waits_between_tries(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  past, future = (formatdate(time.time() + s, usegmt=True) for s in (-9, 300))
  forms = (7, "inf", 1e9, past, future, -1, 0, "nan", "soon", "", None)
  replies = [chat_server.rate_limited(form) for form in forms]
  waits, sleep = [], asyncio.sleep

  async def at_once(seconds: float, *others: Any) -> None:
    if seconds > 0:
      waits.append(seconds)
    await sleep(0)

  async def ask(server: ChatServer) -> Reply:
    model, record = _model(server), CallRecord(path)
    patience = dataclasses.replace(_PATIENCE, backoff=0.5)
    breaker = Breaker(patience)
    endpoint = Endpoint(model, "none", _SAMPLING, patience, breaker, record)
    reply = await endpoint.ask(_question(model))
    await endpoint.close()
    record.close()
    return reply

  with ChatServer(script(*replies, "fine")) as server:
    monkeypatch.setattr(asyncio, "sleep", at_once)
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    assert asyncio.run(ask(server)).answer == "fine"
  assert 100 < waits.pop(4) <= 300
  # At most `backoff` before the second try, and so on, up to a minute.
  assert waits == [7, 600, 600, 4, 16, 32, 60, 60, 60, 60]


def test_a_slow_answer_is_a_failure(path: Path) -> None:
  with ChatServer(script(slow("never", 60), "fine")) as server:
    model = _model(server)
    sampling = dataclasses.replace(_SAMPLING, timeout=0.2)
    with _client(path, model, sampling=sampling) as client:
      assert _reply(client, _question(model)).answer == "fine"
  *failed, fine = _rows(path)
  assert failed[0]["error"] == "no answer within 0.2 s"
  assert failed[0]["seconds"] >= 0.15
  assert fine["answer"] == "fine"


class _Trickle(socketserver.StreamRequestHandler):
  """A byte now and then, as of proxies that keep a connection alive."""

  def handle(self) -> None:
    self.connection.recv(1 << 16)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    self.wfile.write(f"{head}Content-Length: 99999\r\n\r\n".encode())
    with contextlib.suppress(OSError):
      while True:
        self.wfile.write(b" ")
        time.sleep(0.05)


def test_an_answer_that_never_ends_is_a_failure(path: Path) -> None:
  with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Trickle) as server:
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    model = Model("m", f"http://127.0.0.1:{server.server_address[1]}/v1")
    config = {
      "sampling": dataclasses.replace(_SAMPLING, timeout=0.2),
      "patience": dataclasses.replace(_PATIENCE, tries=2),
    }
    with _client(path, model, **config) as client:
      reply = _reply(client, _question(model))
    server.shutdown()
  assert reply.error == "no answer within 0.2 s"
  assert [row["error"] for row in _rows(path)] == [reply.error] * 2


def _quoting(status: int) -> Callable[[Request], chat_server.Reply]:
  """A failure whose message quotes the key that came."""

  def answer(request: Request) -> chat_server.Reply:
    message = f"Not with {request.key}.\n({request.key})" + 2000 * "long "
    body = json.dumps({"error": {"message": message}}).encode()
    return chat_server.Reply(body, status)

  return answer


@pytest.mark.parametrize(
  ("answer", "detail"),
  [
    (script(chat_server.unauthorized()), "401.*Incorrect API key provided"),
    (script(chat_server.not_found()), "404.*The model does not exist"),
    (script(bad_request("Too long.")), "400.*Too long"),
    (script(_plain(301, b"")), "301"),
    (script(_plain(405, b"no")), "405"),
    (_quoting(401), r"Not with \*\*\*\. \(\*\*\*\)long"),
    (
      script(
        chat_server.Reply(
          b'{"error": {"code": "insufficient_quota", "message": "Pay."}}', 429
        )
      ),
      "429.*Pay",
    ),
  ],
)
def test_refusals_end_at_once(
  path: Path,
  log: _Log,
  monkeypatch: pytest.MonkeyPatch,
  answer: chat_server.Answer,
  detail: str,
) -> None:
  monkeypatch.setenv("LLM_API_KEY", _KEY)
  with ChatServer(answer) as server:
    model = _model(server, "some/model")
    with _client(path, model) as client:
      error = _error(client, _question(model))
      assert not _is_readable(client)
    assert [request.key for request in server.requests] == [_KEY]
  assert error.startswith(f"some/model at {server.base_url} refuses: ")
  assert re.search(detail, error) and error.endswith("go on with --resume")
  assert _rows(path) == []
  assert _KEY not in "\n".join(log.lines)


def test_a_key_is_written_nowhere(
  path: Path, log: _Log, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setenv("LLM_API_KEY", _KEY)
  with ChatServer(_quoting(500)) as server:
    model = _model(server)
    patience = dataclasses.replace(_PATIENCE, tries=2)
    with _client(path, model, patience=patience) as client:
      reply = _reply(client, _question(model))
      for file in path.parent.iterdir():
        assert _KEY.encode() not in file.read_bytes()
    assert [request.key for request in server.requests] == [_KEY] * 2
  assert reply.error and "Not with ***. (***)long" in reply.error
  assert len(log.lines) == 2
  assert _KEY not in "\n".join(log.lines)
  patience = dataclasses.replace(_PATIENCE, failures=1, pauses=1)
  with ChatServer(_quoting(500)) as server:
    model = _model(server)
    with _client(path, model, patience=patience) as client:
      assert "Not with ***." in _error(client, _question(model))


def test_each_host_gets_its_key(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  with (
    ChatServer(script("fine")) as other,
    ChatServer(script("fine")) as openai,
  ):
    models = [_model(other, "local"), _model(openai, "gpt")]
    monkeypatch.setattr("evolve.proposers.llm.models._OPENAI", openai.base_url)
    with pytest.raises(UserError, match="no key for gpt"):
      Client(models, path, _CONFIG)
    assert not path.exists()
    monkeypatch.setenv("OPENAI_API_KEY", _KEY)
    with _client(path, *models) as client:
      for model in models:
        assert _reply(client, _question(model)).answer == "fine"
    monkeypatch.setenv("LLM_API_KEY_127_0_0_1", "its")
    with _client(path, *models) as client:
      for model in models:
        assert _reply(client, _question(model)).answer == "fine"
  assert [request.key for request in other.requests] == ["none", "its"]
  assert [request.key for request in openai.requests] == [_KEY, _KEY]
  # OpenAI has its own name for the limit.
  for request, limit in (
    (openai.requests[0], "max_completion_tokens"),
    (other.requests[0], "max_tokens"),
  ):
    fields = {"model", "messages", "temperature", limit}
    assert set(request.body) == fields and request.body[limit] == 100


def test_gives_a_question_up_when_only_it_fails(path: Path) -> None:
  def answer(prompt: str) -> chat_server.Reply | str:
    return chat_server.server_error() if "bad" in prompt else "fine"

  with ChatServer(by_prompt(answer)) as server:
    model = _model(server)
    patience = dataclasses.replace(_PATIENCE, tries=3, failures=4)
    with _client(path, model, patience=patience) as client:
      good, bad = _question(model, 0, "good"), _question(model, 1, "bad")
      assert _reply(client, good).answer == "fine"
      reply = _reply(client, bad)
      assert _reply(client, good._replace(slot=2)).answer == "fine"
    assert len(server.requests) == 5
  assert (reply.answer, reply.finish_reason) == (None, GAVE_UP)
  assert reply.error and reply.error.startswith("500: ")
  rows = [row for row in _rows(path) if row["slot"] == 1]
  assert [row["finish_reason"] for row in rows] == [None, None, GAVE_UP]
  assert all(row["error"].startswith("500: ") for row in rows)
  record = CallRecord(path)
  found = record.find(bad)
  assert found and found[0] == reply
  record.close()


async def _ask_endpoint(
  server: ChatServer, path: Path, patience: Patience, breaker: Breaker
) -> Reply:
  model, record = _model(server), CallRecord(path)
  endpoint = Endpoint(model, "none", _SAMPLING, patience, breaker, record)
  try:
    return await endpoint.ask(_question(model))
  finally:
    await endpoint.close()
    record.close()


class _Shared(Breaker):
  """Of many calls: before each of ours, another one has succeeded."""

  def turn(self) -> Any:
    self.succeeded()
    return super().turn()


def test_successes_of_others_let_a_question_use_all_its_tries(
  path: Path,
) -> None:
  patience = dataclasses.replace(_PATIENCE, tries=5, failures=2)
  with ChatServer(script(chat_server.server_error())) as server:
    breaker = _Shared(patience)
    reply = asyncio.run(_ask_endpoint(server, path, patience, breaker))
    assert len(server.requests) == 5
  assert reply.finish_reason == GAVE_UP


def test_no_question_is_given_up_for_what_ails_all(path: Path) -> None:
  failing = [chat_server.server_error()] * 3
  patience = Patience(tries=1, backoff=0.01, failures=1, pause=0.01, pauses=3)
  with ChatServer(script(*failing[:2], "fine")) as server:
    breaker = Breaker(patience)
    reply = asyncio.run(_ask_endpoint(server, path, patience, breaker))
    assert (reply.answer, len(server.requests)) == ("fine", 3)
  with ChatServer(script(*failing)) as server:
    breaker = Breaker(patience)
    with pytest.raises(GivenUpError):
      asyncio.run(_ask_endpoint(server, path, patience, breaker))
    assert len(server.requests) == 4  # One opens it, three try it.
  ends = [row["finish_reason"] for row in _rows(path)]
  assert ends == [None, None, "stop", None, None, None, None]


def test_ends_when_all_fails_for_long(path: Path) -> None:
  together = threading.Barrier(8)
  at_work, most, lock = 0, 0, threading.Lock()

  def answer(request: Request) -> chat_server.Reply:
    nonlocal at_work, most
    if request.number < 8:  # All fail at the same time.
      together.wait(_SECONDS)
      return chat_server.server_error()
    with lock:
      at_work += 1
      most = max(most, at_work)
    time.sleep(0.02)
    with lock:
      at_work -= 1
    return chat_server.server_error()

  patience = dataclasses.replace(_PATIENCE, tries=3, failures=2)
  with ChatServer(answer) as server:
    model = _model(server)
    with _client(path, model, concurrency=8, patience=patience) as client:
      for slot in range(7):
        client.ask(_question(model, slot))
      error = _error(client, _question(model, 7))
    assert len(server.requests) >= 8 + 3  # Eight at once use up no pause.
  assert most == 1
  assert error.startswith("language models keep failing: 500: ")
  assert error.endswith("go on with --resume")
  assert {row["finish_reason"] for row in _rows(path)} == {None}


def test_goes_on_at_full_speed_after_an_outage(path: Path) -> None:
  is_back, is_tried, is_full = (threading.Event() for _ in range(3))
  lock, together = threading.Lock(), 0

  def answer(request: Request) -> chat_server.Reply | str:
    nonlocal together
    if not is_back.is_set():
      return chat_server.server_error()
    with lock:
      if not is_tried.is_set():
        is_tried.set()
        return "fine"
      together += 1
      if together == 4:
        is_full.set()
    assert is_full.wait(_SECONDS)
    return "fine"

  patience = dataclasses.replace(_PATIENCE, failures=4, pauses=9)
  with ChatServer(answer) as server:
    model = _model(server)
    with _client(path, model, patience=patience) as client:
      for slot in range(9):
        client.ask(_question(model, slot))
      _wait_for(lambda: len(_rows(path)) >= 5)  # It is open.
      is_back.set()
      outcomes = _wait(client, 9)
  assert all(isinstance(o, Reply) and o.answer for _, o in outcomes)


def test_a_server_that_goes_away(path: Path) -> None:
  patience = dataclasses.replace(_PATIENCE, failures=2, pause=0.01)
  with ChatServer(script("fine")) as server:
    model = _model(server)
    with _client(path, model, patience=patience) as client:
      assert _reply(client, _question(model)).answer == "fine"
      server.__exit__(None)
      error = _error(client, _question(model, 1))
      assert "Connection error" in error and "--resume" in error


def test_keeps_and_reaches_its_concurrency(path: Path) -> None:
  together = threading.Barrier(4)

  def answer(request: Request) -> str:
    together.wait(_SECONDS)
    return request.prompt

  with ChatServer(answer, delay=0.02) as server:
    model = _model(server)
    with _client(path, model) as client:
      for slot in range(24):
        client.ask(_question(model, slot, f"{slot}"))
      outcomes = _wait(client, 24)
    assert server.max_concurrent == 4
  for question, reply in outcomes:
    assert isinstance(reply, Reply)
    assert reply.answer == question.prompt[0]["content"]
  assert {q.slot for q, _ in outcomes} == set(range(24))


def test_asks_in_order(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    with _client(path, model, concurrency=1) as client:
      for slot in range(20):
        client.ask(_question(model, slot, f"{slot}"))
      outcomes = _wait(client, 20)
    prompts = [request.prompt for request in server.requests]
  assert prompts == [str(slot) for slot in range(20)]
  assert [question.slot for question, _ in outcomes] == list(range(20))


def test_an_answer_is_on_record_before_it_is_told(path: Path) -> None:
  with ChatServer(by_prompt(str.upper)) as server:
    model = _model(server)
    with _client(path, model) as client:
      for slot in range(20):
        client.ask(_question(model, slot, f"x{slot}"))
      told = 0
      while told < 20:
        assert _is_readable(client, _SECONDS)
        for question, _ in client.outcomes():
          told += 1
          answers = {row["slot"]: row["answer"] for row in _rows(path)}
          assert answers[question.slot] == f"X{question.slot}"


def test_wakes_when_there_is_news_and_not_afterwards(path: Path) -> None:
  go_on = threading.Event()

  def answer(request: Request) -> str:
    assert go_on.wait(_SECONDS)
    return "fine"

  with ChatServer(answer) as server:
    model = _model(server)
    with _client(path, model) as client:
      assert client.outcomes() == []
      for slot in range(3):
        go_on.clear()
        client.ask(_question(model, slot))
        _wait_for(lambda slot=slot: len(server.requests) == slot + 1)
        assert not _is_readable(client) and client.outcomes() == []
        go_on.set()
        assert _is_readable(client, _SECONDS)
        assert _is_readable(client)  # Until it is heard.
        assert len(client.outcomes()) == 1
        assert not _is_readable(client) and client.outcomes() == []


def test_news_that_nobody_hears_block_nothing(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    caps = Caps(tokens=0)
    with _client(path, model, caps=caps) as client:
      for slot in range(3000):  # More than a socket holds wake-ups.
        client.ask(_question(model, slot))
      _wait_for(lambda: client._news.qsize() == 3000)
      assert {type(o) for _, o in _wait(client, 3000)} == {Spent}
      for slot in range(3000):
        client.ask(_question(model, slot))
    # And it has ended, which nobody hears either.
    assert server.requests == []


@pytest.mark.parametrize("by_cost", [False, True])
def test_caps_hold(path: Path, by_cost: bool) -> None:
  rng = random.Random(7)
  sizes = [rng.randrange(1, 400) for _ in range(60)]  # At most 100 tokens.

  def answer(prompt: str) -> str:
    return "y" * sizes[len(prompt) % 60]

  cap = 2.0 if by_cost else 2500
  caps = Caps(cost=cap) if by_cost else Caps(tokens=int(cap))
  with ChatServer(by_prompt(answer), delay=0.02) as server:
    model = _model(server)
    with _client(path, model, caps=caps, concurrency=8) as client:
      for slot in range(60):
        text = "x" * rng.randrange(200)
        client.ask(_question(model, slot, text))
      outcomes = _wait(client, 60)
    assert server.max_concurrent > 1
  answered = [o for _, o in outcomes if isinstance(o, Reply)]
  assert 0 < len(answered) < 60
  assert len(_rows(path)) == len(answered) == len(server.requests)
  record = CallRecord(path)
  totals = record.totals()
  spent = totals.cost if by_cost else totals.tokens
  assert 0.8 * cap < spent <= cap
  record.close()
  # Another process of the run has no more to spend; a greater cap has.
  with ChatServer(by_prompt(answer)) as server:
    model = _model(server)
    question = _question(model, 60, "x" * 200)
    with _client(path, model, caps=caps) as client:
      assert isinstance(_ask(client, question), Spent)
    caps = Caps(cost=cap + 1.0) if by_cost else Caps(tokens=int(cap) + 1000)
    with _client(path, model, caps=caps) as client:
      assert isinstance(_ask(client, question), Reply)
    assert len(server.requests) == 1


def test_what_was_copied_from_another_run_is_not_spent(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    record = CallRecord(path)
    paid = Reply("fine", "stop", None, 10**6, 10**6, 1e6)
    record.add(_question(model, 1), paid, replayed=True)
    with _client(path, model, caps=Caps(1.0, 1000)) as client:
      assert isinstance(_ask(client, _question(model, 2)), Reply)
    record.add(_question(model, 1), paid)
    with _client(path, model, caps=Caps(1.0, 1000)) as client:
      assert isinstance(_ask(client, _question(model, 3)), Spent)
    record.close()
    assert len(server.requests) == 1


def test_waits_for_what_is_in_flight_before_it_is_spent(path: Path) -> None:
  go_on = threading.Event()

  def answer(request: Request) -> str:
    assert go_on.wait(_SECONDS)
    return "fine"

  with ChatServer(answer) as server:
    model = _model(server)
    with _client(path, model, caps=Caps(tokens=200)) as client:
      for slot in range(3):
        client.ask(_question(model, slot))
      _wait_for(lambda: server.requests)
      assert not _is_readable(client, 0.1)
      assert len(server.requests) == 1
      go_on.set()
      outcomes = _wait(client, 3)
      assert all(isinstance(outcome, Reply) for _, outcome in outcomes)
    assert server.max_concurrent == 1


_CHILD = """
import sys
from pathlib import Path
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import ClientConfig
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.record import Question
from tests import ROOT

model = Model("m", sys.argv[1])
client = Client([model], Path(sys.argv[2]), ClientConfig())
for slot, text in enumerate(("quick", "never")):
  client.ask(Question(slot, 0, "d", [{"role": "user", "content": text}], model))
sys.stdin.read()
"""


def test_an_answer_survives_a_kill(path: Path) -> None:
  def answer(prompt: str) -> chat_server.Reply | str:
    return slow("never", 60) if prompt == "never" else "paid for"

  def recorded() -> bool:
    with contextlib.suppress(sqlite3.OperationalError):  # No table yet.
      return path.exists() and bool(_rows(path))
    return False

  with ChatServer(by_prompt(answer)) as server:
    command = [sys.executable, "-c", _CHILD, server.base_url, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as child:
      _wait_for(recorded)
      child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    record = CallRecord(path)
    assert record.totals().calls == 1
    model = _model(server)
    quick = Question(0, 0, "d", [{"role": "user", "content": "quick"}], model)
    found = record.find(quick)
    assert found and found[0].answer == "paid for"
    assert record.find(quick._replace(slot=1)) is None
    record.close()


def _open_files() -> int:
  return len(os.listdir("/proc/self/fd"))


def _hung_up(server: ChatServer) -> bool:
  """Whether the client has closed all its connections."""
  for connection in list(server._connections):
    with contextlib.suppress(ConnectionError):
      try:
        if connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT):
          return False
      except BlockingIOError:
        return False
  return True


@pytest.mark.parametrize(
  ("answer", "changes", "num_requests"),
  [
    (script(slow("never", 60)), {}, 4),
    (script(chat_server.rate_limited(600)), {}, 4),
    (
      script(chat_server.server_error()),
      {"patience": Patience(tries=9, backoff=0.01, failures=1, pause=600)},
      1,
    ),
    (script(slow("never", 60)), {"caps": Caps(tokens=200)}, 1),
  ],
)
def test_closes_whatever_it_is_waiting_for(
  path: Path,
  answer: chat_server.Answer,
  changes: dict[str, Any],
  num_requests: int,
) -> None:
  num_files = _open_files()
  with ChatServer(answer) as server:
    model, before = _model(server), set(threading.enumerate())
    with _client(path, model, **changes) as client:
      ours = set(threading.enumerate()) - before
      for slot in range(9):
        client.ask(_question(model, slot))
      _wait_for(lambda: len(server.requests) >= num_requests)
      start = time.monotonic()
    assert time.monotonic() - start < 30  # Of the 60 or more.
    assert len(ours) == 1 and not any(thread.is_alive() for thread in ours)
    _wait_for(lambda: _hung_up(server))
  _wait_for(lambda: _open_files() <= num_files)
  assert all(row["answer"] is None for row in _rows(path))


def test_closes_at_once_after_being_asked(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    for _ in range(5):
      with _client(path, model) as client:
        for slot in range(9):
          client.ask(_question(model, slot))
    # What was paid for nonetheless is on record, and once.
    assert len(_rows(path)) <= len(server.requests)


def test_timeouts_leave_nothing_open(path: Path) -> None:
  num_files = _open_files()
  with ChatServer(script(slow("never", 60))) as server:
    model = _model(server)
    config = {
      "sampling": dataclasses.replace(_SAMPLING, timeout=0.05),
      "patience": dataclasses.replace(_PATIENCE, tries=5),
    }
    with _client(path, model, **config) as client:
      for slot in range(4):
        client.ask(_question(model, slot))
      outcomes = _wait(client, 4)
      _wait_for(lambda: _hung_up(server))
  _wait_for(lambda: _open_files() <= num_files)
  assert all(isinstance(o, Reply) and o.error for _, o in outcomes)
  assert len(_rows(path)) == 20


def test_a_record_that_cannot_be_used(path: Path) -> None:
  path.write_bytes(b"This is no database. " * 500)
  with ChatServer(script("fine")) as server:
    num_files = _open_files()
    before = set(threading.enumerate())
    with pytest.raises(UserError, match=r"can't use .*not a database"):
      Client([_model(server)], path, _CONFIG)
    left = set(threading.enumerate()) - before
    # The server may be closing a connection of its own.
    assert not [t for t in left if "process_request" not in t.name]
    gc.collect()  # The error holds what it came from.
    assert _open_files() == num_files


def test_a_record_that_can_no_longer_be_written(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    with _client(path, model) as client:
      assert _reply(client, _question(model)).answer == "fine"
      with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE calls")
      assert "can't write the record" in _error(client, _question(model, 1))


def test_nobody_listens(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
  url = f"http://127.0.0.1:{_closed_port()}/v1"
  with ChatServer(script("fine")) as server:
    models = [_model(server), Model("n", url)]
    with pytest.raises(UserError) as caught:
      Client(models, path, _CONFIG)
    assert server.requests == [] and not path.exists()
  error = str(caught.value)
  assert error.startswith(f"no server at {url} (Connection refused): ")
  assert "--llm=model@http" in error and "\n" not in error
  # Behind a proxy only the proxy knows.
  monkeypatch.setenv("https_proxy", url)
  with _client(path, models[1]) as client:
    assert client.outcomes() == []


def test_what_it_does_not_expect_ends_the_search_too(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = _model(server)
    with _client(path, model) as client:
      client.ask(_question(dataclasses.replace(model, name="stranger")))
      with pytest.raises(KeyError, match="stranger"):
        _wait(client, 1)
      assert _reply(client, _question(model)).answer == "fine"
