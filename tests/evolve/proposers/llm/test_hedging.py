"""A call that hangs is made again, and both are recorded."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve.proposers.llm.calls import CallLog
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import Caps, HedgePolicy
from tests.evolve.proposers.llm.calling import (
  SECONDS,
  answer_to,
  client_of,
  is_readable,
  model_at,
  question_for,
  rows,
  wait,
  wait_for,
)
from tests.evolve.proposers.llm.chat_server import (
  ChatServer,
  Reply,
  Request,
  server_error,
  slow,
)

_POLICY = HedgePolicy(factor=2.0, least=0.2, known=3)
_SLOT = 9  # Whose first call hangs.


class _Server(ChatServer):
  """Answers at once, but for the first request with the prompt "hang".

  Attributes:
    go_on: lets that one go on.
    late: what it gets then.
    second: what the same prompt gets when it comes again.
  """

  def __init__(self, late: Reply | str = "late", second: Reply | str = "fine"):
    super().__init__(self._answer_to)
    self.go_on = threading.Event()
    self.late = late
    self.second = second

  def _answer_to(self, request: Request) -> Reply | str:
    if request.prompt != "hang":
      return "fine"
    if sum(r.prompt == "hang" for r in self.requests) > 1:
      return self.second
    assert self.go_on.wait(SECONDS)
    return self.late


@contextlib.contextmanager
def _asked(
  path: Path, server: _Server, *, answers: int = 3, caps: Caps | None = None
) -> Iterator[Client]:
  """A client that has had so many answers, and has asked what hangs."""
  model = model_at(server)
  changes = {"hedge_policy": _POLICY, "caps": caps or Caps()}
  with server, client_of(path, model, **changes) as client:
    for slot in range(answers):
      assert answer_to(client, question_for(model, slot)) == "fine"
    client.ask(question_for(model, _SLOT, "hang"))
    yield client
    server.go_on.set()


def _hung(path: Path) -> list[tuple[str | None, str | None]]:
  return [(r["answer"], r["error"]) for r in rows(path) if r["slot"] == _SLOT]


def _num_hung(server: _Server) -> int:
  return sum(request.prompt == "hang" for request in server.requests)


def test_the_second_answer_is_taken_if_it_is_first(
  path: Path, log: list[str]
) -> None:
  server = _Server()
  with _asked(path, server) as client:
    ((question, reply),) = wait(client, 1)
    assert reply and reply.answer == "fine"
    assert _hung(path) == [("fine", None)]
    server.go_on.set()
    wait_for(lambda: len(_hung(path)) == 2)
    assert not is_readable(client)
  assert "m, slot 9: no answer for 0 s, a few times as long as us" in log[0]
  assert _hung(path) == [("fine", None), ("late", None)]
  calls = CallLog(path)
  found = calls.find(question)
  assert found and found[0] == reply
  # Both are paid for.
  assert calls.of_slot(_SLOT).tokens == sum(
    row["prompt_tokens"] + row["completion_tokens"]
    for row in rows(path)
    if row["slot"] == _SLOT
  )
  assert (calls.totals().calls, calls.totals().slots) == (5, 4)
  calls.close()


def test_the_first_answer_is_taken_if_it_is_first(path: Path) -> None:
  server = _Server(second=slow("never", 60))
  with _asked(path, server) as client:
    wait_for(lambda: _num_hung(server) == 2)
    server.go_on.set()
    ((_, reply),) = wait(client, 1)
    assert reply and reply.answer == "late"
  assert _hung(path) == [
    ("late", None),
    (None, "unanswered at the end of the run"),
  ]


def test_a_second_call_that_fails_leaves_the_first(path: Path) -> None:
  server = _Server(second=server_error())
  with _asked(path, server) as client:
    wait_for(lambda: _hung(path))
    assert not is_readable(client)
    server.go_on.set()
    ((_, reply),) = wait(client, 1)
    assert reply and reply.answer == "late"
  errors = [error for _, error in _hung(path)]
  assert errors == ["500: The server had an error.", None]


def test_when_both_fail_the_question_is_asked_again(path: Path) -> None:
  server = _Server(late=server_error(), second=server_error())
  with _asked(path, server) as client:
    wait_for(lambda: _hung(path))
    server.second = "fine"
    server.go_on.set()
    ((_, reply),) = wait(client, 1)
    assert reply and reply.answer == "fine"
  assert [answer for answer, _ in _hung(path)] == [None, None, "fine"]


@pytest.mark.parametrize(
  ("answers", "caps"),
  [
    (2, None),  # Too few to know what is usual.
    (3, Caps(tokens=3 * 4 + 2 * 120 - 1)),  # No room for two at their worst.
  ],
)
def test_one_call_must_do(path: Path, answers: int, caps: Caps | None) -> None:
  server = _Server()
  with _asked(path, server, answers=answers, caps=caps) as client:
    assert not is_readable(client, 0.5)
    assert _num_hung(server) == 1
    server.go_on.set()
    ((_, reply),) = wait(client, 1)
    assert reply and reply.answer == "late"
  assert _hung(path) == [("late", None)]


def test_the_cap_holds_with_second_calls(path: Path) -> None:
  # Room for three answers of 4 tokens and two calls of 120 at their worst.
  server = _Server()
  caps = Caps(tokens=3 * 4 + 2 * 120 + 1)
  with _asked(path, server, caps=caps) as client:
    ((_, reply),) = wait(client, 1)
    assert reply and reply.answer == "fine"
    model = model_at(server)
    client.ask(question_for(model, _SLOT + 1))
    assert not is_readable(client, 0.3)  # It waits for the one that hangs.
    server.go_on.set()
    ((question, reply),) = wait(client, 1)
    assert question.slot == _SLOT + 1 and reply
