"""Calls are kept in a table, and found again."""

import json
import resource
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve.proposers.llm.calls import (
  CUT,
  GAVE_UP,
  REFUSED,
  CallLog,
  Question,
  Reply,
  SlotTotals,
  Totals,
)
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.prompts import digest
from harness.core.errors import UserError

_MODEL = Model("m", "http://localhost:1/v1", weight=2.0)
_ANSWER = Reply("x", "stop", None, 10, 5, 0.25, 1.5)


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[CallLog]:
  opened = CallLog(tmp_path / "calls.sqlite")
  yield opened
  opened.close()


def _question(
  slot: int = 0, attempt: int = 0, text: str = "hello", model: Model = _MODEL
) -> Question:
  prompt = [{"role": "user", "content": text}]
  return Question(slot, attempt, digest(prompt), prompt, model)


def test_finds_the_answer_to_the_same_question_only(
  calls: CallLog,
) -> None:
  question = _question()
  assert calls.find(question) is None
  calls.add(question, _ANSWER)
  found = calls.find(question)
  assert found == (_ANSWER, Model("m", "http://localhost:1/v1"))
  # The model to be asked now does not matter.
  other = _question(model=Model("n", "http://localhost:2/v1"))
  assert calls.find(other) == found
  for different in (
    _question(slot=1),
    _question(attempt=1),
    _question(text="bye"),
  ):
    assert calls.find(different) is None


def test_finds_questions_that_were_given_up_but_no_other_failure(
  calls: CallLog,
) -> None:
  question = _question()
  calls.add(question, Reply(None, error="500"))
  calls.add(_question(1), Reply(None, error="501"))
  calls.add(question, Reply(None, error="502", seconds=3.0))
  assert calls.find(question) is None
  calls.give_up(question)
  last = Reply(None, GAVE_UP, "502", seconds=3.0)
  assert calls.find(question) == (last, Model("m", _MODEL.base_url))
  assert calls.find(_question(1)) is None


def test_finds_what_a_filter_refused(calls: CallLog) -> None:
  refused = Reply(None, REFUSED, "400: No.")
  calls.add(_question(), refused)
  found = calls.find(_question())
  assert found and found[0] == refused


def test_finds_the_first_answer(calls: CallLog) -> None:
  calls.add(_question(), Reply(None, error="500"))
  calls.add(_question(), _ANSWER)
  calls.add(_question(), _ANSWER._replace(answer="another"))
  found = calls.find(_question())
  assert found and found[0] == _ANSWER


@pytest.mark.parametrize("answer", ["", "\0", "é\u2028🙂\r\n", "x" * 1_000_000])
def test_keeps_any_text(calls: CallLog, answer: str) -> None:
  question = _question(text="half a character: \ud800 '; DROP TABLE calls")
  calls.add(question, Reply(answer))
  found = calls.find(question)
  assert found and found[0] == Reply(answer)


def test_columns_of_a_row(tmp_path: Path, calls: CallLog) -> None:
  question = _question(slot=3, attempt=1)
  calls.add(question, _ANSWER, replayed=True)
  with sqlite3.connect(tmp_path / "calls.sqlite") as other:  # Committed.
    other.row_factory = sqlite3.Row
    (row,) = other.execute("SELECT * FROM calls")
  assert json.loads(row["prompt"]) == question.prompt
  assert dict(row) == {
    "number": 1,
    "slot": 3,
    "attempt": 1,
    "digest": question.digest,
    "model": "m",
    "base_url": "http://localhost:1/v1",
    "finish_reason": "stop",
    "error": None,
    "prompt_tokens": 10,
    "completion_tokens": 5,
    "cost": 0.25,
    "seconds": 1.5,
    "replayed": 1,
    "prompt": row["prompt"],
    "answer": "x",
  }


def test_totals(calls: CallLog) -> None:
  nothing = Totals._make(0 for _ in Totals._fields)
  assert calls.totals() == nothing
  calls.add(_question(0), _ANSWER, replayed=True)
  # Answers that another run paid for are not spent.
  assert calls.totals() == nothing._replace(replayed=1)
  calls.add(_question(1), _ANSWER)
  calls.add(_question(1, attempt=1), _ANSWER._replace(cost=None))
  calls.add(_question(2), Reply(None, error="500"))
  calls.add(_question(2), Reply(None, GAVE_UP, "500"))
  calls.add(_question(3), Reply("no usage"))
  calls.add(_question(4), Reply(" \n", CUT))
  calls.add(_question(4), Reply("def act", CUT))
  calls.add(_question(5), Reply("", "stop"))
  calls.add(_question(5), Reply(None, REFUSED, "400: No."))
  calls.add(_question(5), Reply("I won't.", REFUSED))
  totals = calls.totals()
  assert totals == Totals(
    calls=10,
    slots=5,
    failed=2,
    cut=2,
    empty=2,
    refused=2,
    repairs=1,
    prompt_tokens=20,
    completion_tokens=10,
    cost=0.25,
    unpriced=6,
    replayed=1,
  )
  assert totals.tokens == 30


def test_totals_of_a_slot(calls: CallLog) -> None:
  assert calls.of_slot(0) == SlotTotals("", 0, 0, is_answered=False)
  calls.add(_question(0), Reply(None, error="500"))
  assert calls.of_slot(0) == SlotTotals("m", 0, 0, is_answered=False)
  calls.add(_question(0), _ANSWER)
  calls.add(_question(0, attempt=1), _ANSWER)
  calls.add(_question(0, attempt=1), Reply("no usage"))
  calls.add(_question(1), _ANSWER)
  assert calls.of_slot(0) == SlotTotals("m", 0.5, 30, is_answered=True)


def test_shares_its_file_with_other_tables(
  tmp_path: Path, calls: CallLog
) -> None:
  path = tmp_path / "calls.sqlite"
  with sqlite3.connect(path) as other:
    other.execute("CREATE TABLE programs (id TEXT)")
    other.execute("INSERT INTO programs VALUES ('a')")
  again, reader = CallLog(path), CallLog(path, read_only=True)
  calls.add(_question(0), _ANSWER)
  again.add(_question(1), _ANSWER)
  for opened in (calls, again, reader):
    assert opened.totals().calls == 2
    assert opened.find(_question(1))
  with pytest.raises(UserError, match="can't write the table of calls"):
    reader.add(_question(2), _ANSWER)
  again.close()
  reader.close()


def test_the_path_may_hold_any_character(tmp_path: Path) -> None:
  path = tmp_path / "a ?mode=memory#%20é.sqlite"
  for expected in (1, 2):
    calls = CallLog(path)
    calls.add(_question(), _ANSWER)
    assert calls.totals().calls == expected
    calls.close()
  assert path.exists()


def _one_line(path: Path, *, read_only: bool) -> str:
  with pytest.raises(UserError) as caught:
    calls = CallLog(path, read_only=read_only)
    calls.find(_question())
  assert "\n" not in str(caught.value)
  assert str(path) in str(caught.value)
  return str(caught.value)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_damaged_file_is_one_line(tmp_path: Path, read_only: bool) -> None:
  path = tmp_path / "calls.sqlite"
  path.write_bytes(b"This is no database. " * 500)
  assert "not a database" in _one_line(path, read_only=read_only)
  assert path.read_bytes().startswith(b"This")
  assert _one_line(tmp_path, read_only=read_only)
  missing = tmp_path / "none" / "calls.sqlite"
  assert "No such file" in _one_line(missing, read_only=read_only)


def test_a_file_that_is_only_read_is_not_created(tmp_path: Path) -> None:
  path = tmp_path / "calls.sqlite"
  assert "No such file" in _one_line(path, read_only=True)
  assert not path.exists()
  # The run to repeat may have asked nobody.
  sqlite3.connect(path).execute("CREATE TABLE programs (id TEXT)")
  assert "no table of calls" in _one_line(path, read_only=True)


def test_a_table_of_another_version_is_refused(tmp_path: Path) -> None:
  path = tmp_path / "calls.sqlite"
  sqlite3.connect(path).execute("CREATE TABLE calls (slot INT, attempt INT)")
  for read_only in (False, True):
    assert "no such column" in _one_line(path, read_only=read_only)


def test_a_full_disk_is_one_line_and_loses_nothing(calls: CallLog) -> None:
  calls.add(_question(0), _ANSWER)
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, limits[1]))
  try:
    with pytest.raises(UserError, match=r"can't write .* go on with --resume"):
      calls.add(_question(1), Reply("x" * 1_000_000))
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
  assert calls.find(_question(0))
  assert calls.find(_question(1)) is None
  calls.add(_question(1), Reply("x" * 1_000_000))
  assert calls.find(_question(1))
