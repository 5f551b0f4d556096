"""Questions to language models, and a client that asks them, for tests."""

import asyncio
import contextlib
import dataclasses
import json
import select
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest

from evolve.proposers.llm.calls import Question, Reply
from evolve.proposers.llm.client import Client, Replied
from evolve.proposers.llm.client_config import (
  ClientConfig,
  RetryPolicy,
  Sampling,
)
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.models import Model, Price
from evolve.proposers.llm.prompts import digest
from harness.core.errors import UserError
from tests.evolve.proposers.llm import chat_server
from tests.evolve.proposers.llm.chat_server import Answer, ChatServer, Request

KEY = "sk-very-secret-key"
SAMPLING = Sampling(temperature=0.5, max_tokens=100, timeout=60.0)
# Nothing is given up but where a test says so.
POLICY = RetryPolicy(tries=50, outage_tries=99, backoff=0.01)
CONFIG = ClientConfig(SAMPLING, concurrency=4, retry_policy=POLICY)
SECONDS = 60.0  # For what takes none, on the busiest machine.


def model_at(server: ChatServer, name: str = "m") -> Model:
  return Model(name, server.base_url, price=Price(1000.0, 3000.0))


def question_for(model: Model, slot: int = 0, text: str = "hello") -> Question:
  prompt = [{"role": "user", "content": text}]
  return Question(slot, 0, digest(prompt), prompt, model)


def closed_port() -> int:
  """A port on which nobody listens."""
  with socket.create_server(("127.0.0.1", 0)) as listening:
    port: int = listening.getsockname()[1]
  return port


def quoting(status: int) -> Callable[[Request], chat_server.Reply]:
  """A failure whose message quotes the key of the request."""

  def answer(request: Request) -> chat_server.Reply:
    message = f"Not with {request.key}.\n({request.key})" + 2000 * "long "
    body = json.dumps({"error": {"message": message}}).encode()
    return chat_server.Reply(body, status)

  return answer


class Line:
  """An endpoint with its server, which answers as the test says."""

  def __init__(self, sampling: Sampling = SAMPLING):
    self._sampling = sampling

  def __enter__(self) -> Self:
    self._runner = asyncio.Runner()
    self._runner.__enter__()
    self.server = ChatServer(lambda request: self.answer(request))
    self.server.__enter__()
    self.model = model_at(self.server, "some/model")
    self._endpoint = Endpoint(self.model, KEY, self._sampling)
    return self

  def __exit__(self, *_: object) -> None:
    self._runner.run(self._endpoint.close())
    self.server.__exit__(None)
    self._runner.__exit__(None, None, None)

  def call(self, answer: Answer, question: Question | None = None) -> Reply:
    """The reply, after as many requests as it takes."""
    self.answer = answer
    question = question or question_for(self.model)
    return self._runner.run(self._endpoint.call(question))


def message(content: Any, **changes: Any) -> chat_server.Reply:
  """A completion with any content; `changes` are of its choice."""
  found = {"role": "assistant", "content": content}
  choice = {"index": 0, "message": found, "finish_reason": "stop"}
  return chat_server.completion("", choices=[choice | changes])


@contextlib.contextmanager
def client_of(path: Path, *models: Model, **changes: Any) -> Iterator[Client]:
  """A client that must close in time; `changes` are of its ClientConfig."""
  client = Client(models, path, dataclasses.replace(CONFIG, **changes))
  try:
    yield client
  finally:
    closing = threading.Thread(target=client.close, daemon=True)
    closing.start()
    closing.join(SECONDS)
    assert not closing.is_alive()


def is_readable(client: Client, seconds: float = 0.0) -> bool:
  return bool(select.select([client.wake], [], [], seconds)[0])


def wait(client: Client, count: int) -> list[Replied]:
  """Waits for that many replies, and no more."""
  found: list[Replied] = []
  while len(found) < count:
    assert is_readable(client, SECONDS)
    found += client.replies()
  assert len(found) == count
  return found


def ask(client: Client, question: Question) -> Reply | None:
  client.ask(question)
  ((asked, reply),) = wait(client, 1)
  assert asked is question
  return reply


def answer_to(client: Client, question: Question) -> str | None:
  reply = ask(client, question)
  assert reply
  return reply.answer


def error_of(client: Client, question: Question) -> str:
  """The one line that a question ends with."""
  client.ask(question)
  with pytest.raises(UserError) as caught:
    wait(client, 1)
  text = str(caught.value)
  assert "\n" not in text and len(text) < 1000
  return text


def rows(path: Path) -> list[dict[str, Any]]:
  """The table of calls, as another process sees it."""
  with contextlib.closing(sqlite3.connect(path)) as connection:
    connection.row_factory = sqlite3.Row
    found = connection.execute("SELECT * FROM calls ORDER BY number")
    return [dict(row) for row in found]


def wait_for(condition: Callable[[], object]) -> None:
  deadline = time.monotonic() + SECONDS
  while not condition():
    assert time.monotonic() < deadline
    time.sleep(0.01)
