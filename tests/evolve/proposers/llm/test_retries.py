"""Failed calls are repeated, given up one by one, or end the run."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.llm.calls import GAVE_UP, CallLog, Question, Reply
from evolve.proposers.llm.client_config import Caps, HedgePolicy, RetryPolicy
from evolve.proposers.llm.failures import FailedCallError
from evolve.proposers.llm.hedging import Hedging
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.retries import Retries
from evolve.proposers.llm.spending import Spending
from harness.core.errors import UserError

_MODEL = Model("m", "http://localhost:1/v1")
_POLICY = RetryPolicy(tries=3, outage_tries=5)
_ANSWER = Reply("x", "stop", None, 10, 5, 0.25)
_FAILURE = FailedCallError("500: busy")


def _question(slot: int = 0) -> Question:
  return Question(slot, 0, "digest", [], _MODEL)


class _Endpoint:
  """Gives what it is told to, in order, and the last of it for ever."""

  def __init__(self, *results: Reply | Exception):
    self._results = results
    self.num_calls = 0

  async def call(self, question: Question) -> Reply:
    result = self._results[min(self.num_calls, len(self._results) - 1)]
    self.num_calls += 1
    await asyncio.sleep(0)
    if isinstance(result, Exception):
      raise result
    return result


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
  """The waits between tries, in seconds, which take none."""
  found, sleep = list[float](), asyncio.sleep

  async def at_once(seconds: float) -> None:
    found.extend([seconds] if seconds else [])
    await sleep(0)

  monkeypatch.setattr(asyncio, "sleep", at_once)
  monkeypatch.setattr(random, "uniform", lambda low, high: high)
  return found


@pytest.fixture
def calls(path: Path, waits: list[float]) -> Iterator[CallLog]:
  opened = CallLog(path)
  yield opened
  opened.close()


def _retries(calls: CallLog, policy: RetryPolicy = _POLICY) -> Retries:
  spending = Spending(Caps(), calls.totals(), 100)
  return Retries(policy, calls, Hedging(HedgePolicy(), calls, spending))


def _ask(retries: Retries, *endpoints: _Endpoint) -> list[Any]:
  """The replies to questions asked at the same time, or what they raised."""

  async def ask() -> list[Any]:
    asked = (
      retries.ask(endpoint, _question(slot))
      for slot, endpoint in enumerate(endpoints)
    )
    return await asyncio.gather(*asked, return_exceptions=True)

  return asyncio.run(ask())


def _rows(path: Path, columns: str) -> list[tuple[Any, ...]]:
  with sqlite3.connect(path) as connection:
    query = f"SELECT {columns} FROM calls ORDER BY slot, number"
    return connection.execute(query).fetchall()


def test_failed_calls_are_logged_and_recorded_one_by_one(
  path: Path, calls: CallLog, log: list[str]
) -> None:
  endpoint = _Endpoint(_FAILURE, FailedCallError("no answer"), _ANSWER)
  (reply,) = _ask(_retries(calls), endpoint)
  assert reply._replace(seconds=0.0) == _ANSWER
  assert 0 < reply.seconds < 60
  assert _rows(path, "error, finish_reason, answer, cost") == [
    ("500: busy", None, None, None),
    ("no answer", None, None, None),
    (None, "stop", "x", 0.25),
  ]
  assert all(seconds > 0 for (seconds,) in _rows(path, "seconds"))
  assert log == [
    f"actmine: m, slot 0: {text}, asking again in {seconds} s"
    for text, seconds in (
      ("500: busy; failure 1 of at most 5", 1),
      ("no answer; failure 2 of at most 5", 2),
    )
  ]


def test_waits_double_up_to_a_minute_unless_the_server_asks_for_one(
  calls: CallLog, waits: list[float]
) -> None:
  results: list[Reply | Exception] = [_FAILURE] * 10
  results[2] = FailedCallError("429: later", retry_after=300.0)
  policy = RetryPolicy(outage_tries=99, backoff=0.5)
  _ask(_retries(calls, policy), _Endpoint(*results, _ANSWER))
  assert waits == [0.5, 1, 300, 4, 8, 16, 32, 60, 60, 60]


def test_jitter_is_drawn_from_zero(
  calls: CallLog, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(random, "uniform", lambda low, high: low + high / 4)
  _ask(_retries(calls), _Endpoint(_FAILURE, _FAILURE, _ANSWER))
  assert waits == [0.25, 0.5]


def test_a_question_that_fails_while_others_are_answered_is_given_up(
  path: Path, calls: CallLog
) -> None:
  bad = _Endpoint(_FAILURE)
  good = [_Endpoint(*[_FAILURE] * 3, _ANSWER), _Endpoint(_ANSWER)]
  *replies, last = _ask(_retries(calls), *good, bad)
  assert [reply.answer for reply in replies] == ["x", "x"]
  assert (last.answer, last.error) == (None, "500: busy")
  assert bad.num_calls == _POLICY.tries + 1
  ends = _rows(path, "slot, finish_reason")
  assert [end for slot, end in ends if slot == 2] == [None] * 3 + [GAVE_UP]
  found = calls.find(_question(2))
  assert found and found[0]._replace(seconds=0.0) == last


def test_an_outage_ends_the_run_and_gives_no_question_up(
  path: Path, calls: CallLog
) -> None:
  retries = _retries(calls)
  (answered,) = _ask(retries, _Endpoint(_ANSWER))
  assert answered.answer == "x"
  endpoints = [_Endpoint(_FAILURE) for _ in range(4)]
  errors = _ask(retries, *endpoints)
  assert {type(error) for error in errors} == {UserError}
  assert {str(error) for error in errors} == {
    "language models keep failing: 500: busy; when they are back, go on with "
    "--resume"
  }
  assert {e.num_calls for e in endpoints} == {_POLICY.outage_tries}
  ends = [end for (end,) in _rows(path, "finish_reason")]
  assert ends.count("stop") == 1
  assert ends.count(None) == 4 * _POLICY.outage_tries == len(ends) - 1


def test_no_question_is_given_up_when_an_outage_begins_after_an_answer(
  calls: CallLog,
) -> None:
  failing = [_Endpoint(_FAILURE) for _ in range(3)]
  answered = _Endpoint(_FAILURE, _FAILURE, _ANSWER)
  reply, *errors = _ask(_retries(calls), answered, *failing)
  assert reply.answer == "x"
  assert {type(error) for error in errors} == {UserError}


def test_questions_outlast_a_short_outage(calls: CallLog) -> None:
  failures = [_FAILURE] * (_POLICY.outage_tries - 1)
  endpoints = [_Endpoint(*failures, _ANSWER) for _ in range(4)]
  replies = _ask(_retries(calls), *endpoints)
  assert [reply.answer for reply in replies] == ["x"] * 4


def test_refusals_and_other_errors_pass_at_once(
  path: Path, calls: CallLog
) -> None:
  for error in (UserError("401"), KeyError("stranger")):
    endpoint = _Endpoint(error)
    assert _ask(_retries(calls), endpoint) == [error]
    assert endpoint.num_calls == 1
  assert _rows(path, "*") == []
