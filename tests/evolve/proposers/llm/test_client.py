"""Questions are asked in order, within the caps, and every reply is told."""

import dataclasses
import random
import threading
from pathlib import Path

import pytest

from evolve.proposers.llm.calls import GAVE_UP, CallLog, Reply
from evolve.proposers.llm.client import Client
from evolve.proposers.llm.client_config import Caps
from harness.core.errors import UserError
from tests.evolve.proposers.llm import chat_server
from tests.evolve.proposers.llm.calling import (
  CONFIG,
  KEY,
  POLICY,
  SECONDS,
  answer_to,
  ask,
  client_of,
  error_of,
  is_readable,
  model_at,
  question_for,
  quoting,
  rows,
  wait,
  wait_for,
)
from tests.evolve.proposers.llm.chat_server import (
  ChatServer,
  Request,
  by_prompt,
  script,
)


def test_an_ordinary_answer_is_recorded_and_not_logged(
  path: Path, log: list[str]
) -> None:
  with ChatServer(script("x * x")) as server:
    question = question_for(model_at(server), 7)
    with client_of(path, question.model) as client:
      reply = ask(client, question)
  assert reply and (reply.answer, reply.prompt_tokens) == ("x * x", 2)
  (row,) = rows(path)
  assert (row["slot"], row["digest"]) == (7, question.digest)
  assert Reply(*(row[name] for name in Reply._fields)) == reply
  assert log == []


def test_a_key_is_written_nowhere(
  path: Path, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setenv("LLM_API_KEY", KEY)
  policy = dataclasses.replace(POLICY, outage_tries=2)
  with ChatServer(quoting(500)) as server:
    model = model_at(server)
    with client_of(path, model, retry_policy=policy) as client:
      error = error_of(client, question_for(model))
      for file in path.parent.iterdir():
        assert KEY.encode() not in file.read_bytes()
    assert [request.key for request in server.requests] == [KEY] * 2
  # The last failure is the error.
  assert len(log) + 1 == len(rows(path)) == 2
  for text in (error, *log):
    assert "Not with ***. (***)long" in text and KEY not in text


def test_answers_that_say_nothing_end_the_run(
  path: Path, log: list[str]
) -> None:
  with ChatServer(script(chat_server.cut(""))) as server:
    model = model_at(server)
    with client_of(path, model, concurrency=1) as client:
      for slot in range(4):
        assert answer_to(client, question_for(model, slot)) == ""
      assert "--llm_max_answer" in error_of(client, question_for(model, 4))
  assert len(rows(path)) == 5
  assert len(log) == 1 and "--llm_max_answer=100" in log[0]


def test_a_refusal_ends_the_run_at_once(path: Path) -> None:
  with ChatServer(script(chat_server.unauthorized())) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      assert "m at http://127" in error_of(client, question_for(model))
      assert not is_readable(client)
    assert len(server.requests) == 1
  assert rows(path) == []


def test_each_host_gets_its_key(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  with (
    ChatServer(script("fine")) as other,
    ChatServer(script("fine")) as openai,
  ):
    models = [model_at(other, "local"), model_at(openai, "gpt")]
    monkeypatch.setattr("evolve.proposers.llm.models._OPENAI", openai.base_url)
    with pytest.raises(UserError, match="no key for gpt"):
      Client(models, path, CONFIG)
    assert not path.exists()
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with client_of(path, *models) as client:
      for model in models:
        assert answer_to(client, question_for(model)) == "fine"
    monkeypatch.setenv("LLM_API_KEY_127_0_0_1", "its")
    with client_of(path, *models) as client:
      for model in models:
        assert answer_to(client, question_for(model)) == "fine"
  assert [request.key for request in other.requests] == ["none", "its"]
  assert [request.key for request in openai.requests] == [KEY, KEY]


def test_a_question_that_alone_fails_is_given_up(path: Path) -> None:
  bad_failed = threading.Event()

  def answer(prompt: str) -> chat_server.Reply | str:
    if prompt == "bad":
      bad_failed.set()
      return chat_server.server_error()
    assert bad_failed.wait(SECONDS)
    return "fine"

  with ChatServer(by_prompt(answer)) as server:
    model = model_at(server)
    policy = dataclasses.replace(POLICY, tries=1)
    with client_of(path, model, retry_policy=policy) as client:
      client.ask(question_for(model, 0, "bad"))
      for slot in range(1, 4):
        client.ask(question_for(model, slot, "good"))
      replies = {question.slot: reply for question, reply in wait(client, 4)}
  bad = replies.pop(0)
  assert [reply and reply.answer for reply in replies.values()] == ["fine"] * 3
  assert bad and (bad.answer, bad.finish_reason) == (None, GAVE_UP)
  assert bad.error and bad.error.startswith("500: ")


def test_a_call_is_repeated_no_sooner_than_the_server_asks(path: Path) -> None:
  with ChatServer(script(chat_server.rate_limited(0.3), "fine")) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      assert answer_to(client, question_for(model)) == "fine"
  first, second = server.requests
  assert second.time - first.time >= 0.3


def test_an_outage_ends_the_run(path: Path) -> None:
  policy = dataclasses.replace(POLICY, tries=2, outage_tries=4)
  with ChatServer(script(chat_server.server_error())) as server:
    model = model_at(server)
    with client_of(path, model, retry_policy=policy) as client:
      for slot in range(3):
        client.ask(question_for(model, slot))
      error = error_of(client, question_for(model, 3))
  assert error.startswith("language models keep failing: 500: ")
  assert error.endswith("go on with --resume")
  assert {row["finish_reason"] for row in rows(path)} == {None}


def test_all_questions_are_answered_after_an_outage(path: Path) -> None:
  is_back = threading.Event()

  def answer(request: Request) -> chat_server.Reply | str:
    return "fine" if is_back.is_set() else chat_server.server_error()

  with ChatServer(answer) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      for slot in range(9):
        client.ask(question_for(model, slot))
      wait_for(lambda: len(rows(path)) >= 8)
      is_back.set()
      replies = wait(client, 9)
  assert all(reply and reply.answer for _, reply in replies)


def test_a_server_that_goes_away_ends_the_run(path: Path) -> None:
  policy = dataclasses.replace(POLICY, outage_tries=3)
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    with client_of(path, model, retry_policy=policy) as client:
      assert answer_to(client, question_for(model)) == "fine"
      server.__exit__(None)
      error = error_of(client, question_for(model, 1))
      assert "Connection error" in error and "--resume" in error


def test_reaches_its_concurrency_and_keeps_to_it(path: Path) -> None:
  together = threading.Barrier(4)

  def answer(request: Request) -> str:
    together.wait(SECONDS)
    return request.prompt

  with ChatServer(answer, delay=0.02) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      for slot in range(24):
        client.ask(question_for(model, slot, f"{slot}"))
      replies = wait(client, 24)
    assert server.max_concurrent == 4
  for question, reply in replies:
    assert reply and reply.answer == question.prompt[0]["content"]
  assert {q.slot for q, _ in replies} == set(range(24))


def test_asks_in_order(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    with client_of(path, model, concurrency=1) as client:
      for slot in range(20):
        client.ask(question_for(model, slot, f"{slot}"))
      replies = wait(client, 20)
    prompts = [request.prompt for request in server.requests]
  assert prompts == [str(slot) for slot in range(20)]
  assert [question.slot for question, _ in replies] == list(range(20))


def test_an_answer_is_recorded_before_it_is_told(path: Path) -> None:
  with ChatServer(by_prompt(str.upper)) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      for slot in range(20):
        client.ask(question_for(model, slot, f"x{slot}"))
      told = 0
      while told < 20:
        assert is_readable(client, SECONDS)
        for question, _ in client.replies():
          told += 1
          answers = {row["slot"]: row["answer"] for row in rows(path)}
          assert answers[question.slot] == f"X{question.slot}"


def test_is_readable_while_there_are_replies(path: Path) -> None:
  go_on = threading.Event()

  def answer(request: Request) -> str:
    assert go_on.wait(SECONDS)
    return "fine"

  with ChatServer(answer) as server:
    model = model_at(server)
    with client_of(path, model) as client:
      assert client.replies() == []
      for slot in range(3):
        go_on.clear()
        client.ask(question_for(model, slot))
        wait_for(lambda slot=slot: len(server.requests) == slot + 1)
        assert not is_readable(client) and client.replies() == []
        go_on.set()
        assert is_readable(client, SECONDS)
        assert is_readable(client)  # Until they are taken.
        assert len(client.replies()) == 1
        assert not is_readable(client) and client.replies() == []


def test_replies_that_nobody_takes_block_nothing(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    caps = Caps(tokens=0)
    with client_of(path, model, caps=caps) as client:
      for slot in range(3000):  # More than a socket holds wake-ups.
        client.ask(question_for(model, slot))
      wait_for(lambda: client._news.qsize() == 3000)
      assert {reply for _, reply in wait(client, 3000)} == {None}
      for slot in range(3000):
        client.ask(question_for(model, slot))
    # And it has ended, untaken replies or not.
    assert server.requests == []


@pytest.mark.parametrize("by_cost", [False, True])
def test_keeps_within_its_caps(path: Path, by_cost: bool) -> None:
  rng = random.Random(7)
  sizes = [rng.randrange(1, 400) for _ in range(60)]  # At most 100 tokens.

  def answer(prompt: str) -> str:
    return "y" * sizes[len(prompt) % 60]

  cap = 2.0 if by_cost else 2500
  caps = Caps(cost=cap) if by_cost else Caps(tokens=int(cap))
  with ChatServer(by_prompt(answer), delay=0.02) as server:
    model = model_at(server)
    with client_of(path, model, caps=caps, concurrency=8) as client:
      for slot in range(60):
        text = "x" * rng.randrange(200)
        client.ask(question_for(model, slot, text))
      replies = wait(client, 60)
    assert server.max_concurrent > 1
  answered = [reply for _, reply in replies if reply]
  assert 0 < len(answered) < 60
  assert len(rows(path)) == len(answered) == len(server.requests)
  calls = CallLog(path)
  totals = calls.totals()
  spent = totals.cost if by_cost else totals.tokens
  assert 0.8 * cap < spent <= cap
  calls.close()
  # Another process of the run has no more to spend; a greater cap has.
  with ChatServer(by_prompt(answer)) as server:
    model = model_at(server)
    question = question_for(model, 60, "x" * 200)
    with client_of(path, model, caps=caps) as client:
      assert ask(client, question) is None
    caps = Caps(cost=cap + 1.0) if by_cost else Caps(tokens=int(cap) + 1000)
    with client_of(path, model, caps=caps) as client:
      assert ask(client, question)
    assert len(server.requests) == 1


def test_copies_from_another_run_are_not_spent(path: Path) -> None:
  with ChatServer(script("fine")) as server:
    model = model_at(server)
    calls = CallLog(path)
    paid = Reply("fine", "stop", None, 10**6, 10**6, 1e6)
    calls.add(question_for(model, 1), paid, replayed=True)
    with client_of(path, model, caps=Caps(1.0, 1000)) as client:
      assert ask(client, question_for(model, 2))
    calls.add(question_for(model, 1), paid)
    with client_of(path, model, caps=Caps(1.0, 1000)) as client:
      assert ask(client, question_for(model, 3)) is None
    calls.close()
    assert len(server.requests) == 1


def test_waits_for_calls_in_flight_that_may_leave_room(path: Path) -> None:
  go_on = threading.Event()

  def answer(request: Request) -> str:
    assert go_on.wait(SECONDS)
    return "fine"

  with ChatServer(answer) as server:
    model = model_at(server)
    with client_of(path, model, caps=Caps(tokens=200)) as client:
      for slot in range(3):
        client.ask(question_for(model, slot))
      wait_for(lambda: server.requests)
      assert not is_readable(client, 0.1)
      assert len(server.requests) == 1
      go_on.set()
      replies = wait(client, 3)
      assert all(reply for _, reply in replies)
    assert server.max_concurrent == 1
