"""Clients end cleanly, whatever they wait for, and lose no answer."""

import contextlib
import dataclasses
import gc
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.llm.calls import CallLog, Question
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import Caps, RetryPolicy
from evolve.proposers.llm.models import Model
from harness.core.errors import UserError
from tests import ROOT
from tests.evolve.proposers.llm import chat_server
from tests.evolve.proposers.llm.calling import (
  CONFIG,
  POLICY,
  SAMPLING,
  answer_to,
  client_of,
  closed_port,
  error_of,
  model_at,
  question_for,
  rows,
  wait,
  wait_for,
)
from tests.evolve.proposers.llm.chat_server import (
  ChatServer,
  by_prompt,
  script,
  slow,
)

_CHILD = """
import sys
from pathlib import Path
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import ClientConfig
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.calls import Question

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
      return path.exists() and bool(rows(path))
    return False

  with ChatServer(by_prompt(answer)) as server:
    command = [sys.executable, "-c", _CHILD, server.base_url, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as child:
      wait_for(recorded)
      child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    calls = CallLog(path)
    assert calls.totals().calls == 1
    model = model_at(server)
    quick = Question(0, 0, "d", [{"role": "user", "content": "quick"}], model)
    found = calls.find(quick)
    assert found and found[0].answer == "paid for"
    assert calls.find(quick._replace(slot=1)) is None
    calls.close()


def _open_files() -> int:
  return len(os.listdir("/proc/self/fd"))


def _threads_of_clients() -> set[threading.Thread]:
  """The server may be answering or closing connections in its own."""
  return {t for t in threading.enumerate() if "process_request" not in t.name}


def _hung_up(server: ChatServer) -> bool:
  """Returns if the client has closed all its connections."""
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
      {"retry_policy": RetryPolicy(backoff=600)},
      4,
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
    model, before = model_at(server), _threads_of_clients()
    with client_of(path, model, **changes) as client:
      ours = _threads_of_clients() - before
      for slot in range(9):
        client.ask(question_for(model, slot))
      wait_for(lambda: len(server.requests) >= num_requests)
      start = time.monotonic()
    assert time.monotonic() - start < 30  # Of the 60 or more.
    assert len(ours) == 1 and not any(thread.is_alive() for thread in ours)
    wait_for(lambda: _hung_up(server))
  wait_for(lambda: _open_files() <= num_files)
  assert all(row["answer"] is None for row in rows(path))


def test_closes_at_once_after_being_asked(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    for _ in range(5):
      with client_of(path, model) as client:
        for slot in range(9):
          client.ask(question_for(model, slot))
    # Answers that were paid for nonetheless are recorded once.
    assert len(rows(path)) <= len(server.requests)


def test_timeouts_leave_nothing_open(path: Path) -> None:
  num_files = _open_files()
  with ChatServer(script(slow("never", 60))) as server:
    model = model_at(server)
    config = {
      "sampling": dataclasses.replace(SAMPLING, timeout=0.05),
      "retry_policy": dataclasses.replace(POLICY, outage_tries=5),
    }
    with client_of(path, model, **config) as client:
      for slot in range(3):
        client.ask(question_for(model, slot))
      error = error_of(client, question_for(model, 3))
    wait_for(lambda: _hung_up(server))
  wait_for(lambda: _open_files() <= num_files)
  assert "no answer within 0.05 s" in error
  assert len(rows(path)) >= 5


def test_a_database_that_cannot_be_used_is_one_line(path: Path) -> None:
  path.write_bytes(b"This is no database. " * 500)
  with ChatServer(script("fine")) as server:
    gc.collect()  # Of what earlier tests left.
    num_files = _open_files()
    before = _threads_of_clients()
    with pytest.raises(UserError, match=r"can't use .*not a database"):
      Client([model_at(server)], path, CONFIG)
    assert _threads_of_clients() == before
    gc.collect()  # The error holds what it came from.
    # The server's end of the connection that tried the address, too.
    wait_for(lambda: _open_files() <= num_files)


def test_a_table_that_can_no_longer_be_written_ends_the_run(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      assert answer_to(client, question_for(model)) == "fine"
      with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE calls")
      assert "can't write the table" in error_of(client, question_for(model, 1))


def test_an_address_without_a_server_is_found_before_any_call(
  path: Path,
) -> None:
  url = f"http://127.0.0.1:{closed_port()}/v1"
  with ChatServer(script("fine")) as server:
    models = [model_at(server), Model("n", url)]
    with pytest.raises(UserError, match="no server at"):
      Client(models, path, CONFIG)
    assert server.requests == [] and not path.exists()


def test_unexpected_errors_end_the_run_too(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      client.ask(question_for(dataclasses.replace(model, name="stranger")))
      with pytest.raises(KeyError, match="stranger"):
        wait(client, 1)
      assert answer_to(client, question_for(model)) == "fine"
