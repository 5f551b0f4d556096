"""The calls of a run to language models, in SQLite.

An answer is committed on arrival, before anything is made of it: it was paid
for, and is never asked for again. The table is in the file of a run's programs.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evolve import sqlite_file
from evolve.proposers.llm.models import Message, Model
from harness.core.errors import UserError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
  number INTEGER PRIMARY KEY,
  slot INTEGER NOT NULL,
  attempt INTEGER NOT NULL,   -- 0, or 1 for a repair
  digest TEXT NOT NULL,       -- of the prompt
  model TEXT NOT NULL,
  base_url TEXT NOT NULL,
  finish_reason TEXT,
  error TEXT,                 -- NULL if there was an answer
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  cost REAL,                  -- US dollars; NULL if the price is unknown
  seconds REAL NOT NULL,
  replayed INTEGER NOT NULL,  -- 1 if copied from another run
  prompt TEXT NOT NULL,       -- JSON list of messages
  answer TEXT                 -- NULL if there was none
);
CREATE INDEX IF NOT EXISTS calls_slot ON calls (slot, attempt);
"""
# Values of finish_reason: of the last of several failed calls, of an answer
# that the limit of tokens cut, and of a content filter.
GAVE_UP = "gave up"
CUT = "length"
REFUSED = "content_filter"


class Question(NamedTuple):
  """A prompt to a model, for a slot.

  Slot, attempt and digest identify a question, and with it its recorded answer.

  Attributes:
    attempt: 0, or 1 for a repair.
    digest: of the prompt.
  """

  slot: int
  attempt: int
  digest: str
  prompt: Sequence[Message]
  model: Model


class Reply(NamedTuple):
  """An answer, or an error.

  Attributes:
    answer: None after an error, and if a content filter refused the prompt.
    finish_reason: as the endpoint words it, but CUT and REFUSED whatever its
      words for them; GAVE_UP for the last error of a question given up.
    cost: US dollars; None if the price or the number of tokens is unknown.
    seconds: of the call.
  """

  answer: str | None
  finish_reason: str | None = None
  error: str | None = None
  prompt_tokens: int | None = None
  completion_tokens: int | None = None
  cost: float | None = None
  seconds: float = 0.0


class Totals(NamedTuple):
  """Numbers of all calls of a run; but for `replayed`, of those it made itself.

  Attributes:
    slots: for which models were asked.
    failed: without an answer, refused ones aside.
    cut: answers that the limit of tokens ended.
    empty: answers without a word, cut or not.
    refused: by a content filter, or by the model itself.
    cost: US dollars, of the calls whose price is known.
    unpriced: answers whose price is not known.
    replayed: calls that were copied from another run.
  """

  calls: int
  slots: int
  failed: int
  cut: int
  empty: int
  refused: int
  repairs: int
  prompt_tokens: int
  completion_tokens: int
  cost: float
  unpriced: int
  replayed: int

  @property
  def tokens(self) -> int:
    return self.prompt_tokens + self.completion_tokens


class SlotTotals(NamedTuple):
  """All calls for a slot.

  Attributes:
    model: that was asked; empty if none was.
    cost: US dollars.
    tokens: of prompts and answers.
    is_answered: whether the last attempt brought an answer.
  """

  model: str
  cost: float
  tokens: int
  is_answered: bool


class CallLog:
  """The table of calls; for the thread that opened it."""

  def __init__(self, path: Path, *, read_only: bool = False):
    """Opens the file, or creates it.

    Raises:
      UserError: it is damaged or can't be opened.
    """
    self._connection = sqlite_file.connect(path, _SCHEMA, read_only=read_only)
    self._path = path

  def close(self) -> None:
    self._connection.close()

  def add(
    self, question: Question, reply: Reply, *, replayed: bool = False
  ) -> None:
    """Commits a call.

    Raises:
      UserError: the disk is full or can't be written.
    """
    values = {
      "slot": question.slot,
      "attempt": question.attempt,
      "digest": question.digest,
      "model": question.model.name,
      "base_url": question.model.base_url,
      "prompt": json.dumps(question.prompt),
      "replayed": replayed,
      **reply._asdict(),
    }
    places = ", ".join(f":{name}" for name in values)
    self._write(
      f"INSERT INTO calls ({', '.join(values)}) VALUES ({places})", values
    )

  def give_up(self, question: Question) -> None:
    """Marks the last failure of a question as its reply.

    Raises:
      UserError: see `add`.
    """
    self._write(
      "UPDATE calls SET finish_reason = :gave_up WHERE number = (SELECT "
      "max(number) FROM calls WHERE slot = :slot AND attempt = :attempt AND "
      "digest = :digest)",
      {
        "gave_up": GAVE_UP,
        "slot": question.slot,
        "attempt": question.attempt,
        "digest": question.digest,
      },
    )

  def find(self, question: Question) -> tuple[Reply, Model] | None:
    """The recorded reply to a question, and the model that gave it.

    It is the first answer or refusal, or the last error of a question that was
    given up.
    """
    rows = self._read(
      "SELECT answer, finish_reason, error, prompt_tokens, completion_tokens, "
      "cost, seconds, model, base_url FROM calls WHERE slot = ? AND "
      "attempt = ? AND digest = ? AND (answer NOT NULL OR finish_reason IN "
      "(?, ?)) ORDER BY number LIMIT 1",
      (*question[:3], GAVE_UP, REFUSED),
    )
    for *reply, model, base_url in rows:
      return Reply(*reply), Model(model, base_url)
    return None

  def of_slot(self, slot: int) -> SlotTotals:
    """The totals of a slot."""
    query = (
      "SELECT coalesce(min(model), ''), coalesce(sum(cost), 0), coalesce(sum("
      "prompt_tokens + completion_tokens), 0), count(answer) FILTER (WHERE "
      "attempt = (SELECT max(attempt) FROM calls WHERE slot = :slot)) "
      "FROM calls WHERE slot = :slot"
    )
    ((model, cost, tokens, answers),) = self._read(query, {"slot": slot})
    return SlotTotals(model, cost, tokens, is_answered=answers > 0)

  def totals(self) -> Totals:
    """The totals so far, of earlier processes of the run too."""
    query = (
      "SELECT count(*), count(DISTINCT slot), "
      "coalesce(sum(answer IS NULL AND finish_reason IS NOT :refused), 0), "
      "coalesce(sum(finish_reason = :cut), 0), "
      "coalesce(sum(trim(answer, :blank) = ''), 0), "
      "coalesce(sum(finish_reason = :refused), 0), "
      "coalesce(sum(attempt > 0), 0), coalesce(sum(prompt_tokens), 0), "
      "coalesce(sum(completion_tokens), 0), coalesce(sum(cost), 0.0), "
      "coalesce(sum(answer NOT NULL AND cost IS NULL), 0), "
      "(SELECT count(*) FROM calls WHERE replayed) "
      "FROM calls WHERE NOT replayed"
    )
    values = {"cut": CUT, "refused": REFUSED, "blank": " \t\r\n"}
    (row,) = self._read(query, values)
    return Totals(*row)

  def _write(self, statement: str, values: Mapping[str, Any]) -> None:
    try:
      with self._connection:
        self._connection.execute(statement, values)
    except (sqlite3.Error, UnicodeEncodeError) as error:
      raise UserError(
        f"can't write the table of calls: {error}; what was committed is "
        "intact, go on with --resume"
      ) from error

  def _read(
    self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()
  ) -> Iterator[tuple[Any, ...]]:
    try:
      yield from self._connection.execute(query, values)
    except sqlite3.Error as error:
      raise UserError(f"no table of calls in {self._path}: {error}") from error
