"""The calls of a run to language models, in SQLite.

An answer is committed on arrival, before anything is made of it: it was paid
for, and is never asked for again. The table is in the file of a run's programs.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
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
GAVE_UP = "gave up"  # The finish_reason of the last of several failed calls.


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
    finish_reason: as the endpoint words it; GAVE_UP for the last error of a
      question that was given up.
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
    cost: US dollars, of the calls whose price is known.
    unpriced: answers whose price is not known.
    replayed: calls that were copied from another run.
  """

  calls: int
  slots: int
  failed: int
  repairs: int
  prompt_tokens: int
  completion_tokens: int
  cost: float
  unpriced: int
  replayed: int

  @property
  def tokens(self) -> int:
    return self.prompt_tokens + self.completion_tokens


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
    try:
      with self._connection:
        self._connection.execute(
          f"INSERT INTO calls ({', '.join(values)}) VALUES ({places})", values
        )
    except (sqlite3.Error, UnicodeEncodeError) as error:
      raise UserError(
        f"can't write the table of calls: {error}; what was committed is "
        "intact, go on with --resume"
      ) from error

  def find(self, question: Question) -> tuple[Reply, Model] | None:
    """The recorded reply to a question, and the model that gave it.

    It is the first answer, or the last error of a question that was given up.
    """
    rows = self._read(
      "SELECT answer, finish_reason, error, prompt_tokens, completion_tokens, "
      "cost, seconds, model, base_url FROM calls WHERE slot = ? AND "
      "attempt = ? AND digest = ? AND (answer NOT NULL OR finish_reason = ?) "
      "ORDER BY number LIMIT 1",
      (*question[:3], GAVE_UP),
    )
    for *reply, model, base_url in rows:
      return Reply(*reply), Model(model, base_url)
    return None

  def of_slot(self, slot: int) -> tuple[str, float, int]:
    """The model asked for a slot, the cost in US dollars, and the tokens."""
    query = (
      "SELECT min(model), coalesce(sum(cost), 0), coalesce(sum("
      "prompt_tokens + completion_tokens), 0) FROM calls WHERE slot = ?"
    )
    ((model, cost, tokens),) = self._read(query, (slot,))
    return model or "", cost, tokens

  def totals(self) -> Totals:
    """The totals so far, of earlier processes of the run too."""
    query = (
      "SELECT count(*), count(DISTINCT slot), "
      "coalesce(sum(answer IS NULL), 0), "
      "coalesce(sum(attempt > 0), 0), coalesce(sum(prompt_tokens), 0), "
      "coalesce(sum(completion_tokens), 0), coalesce(sum(cost), 0.0), "
      "coalesce(sum(answer NOT NULL AND cost IS NULL), 0), "
      "(SELECT count(*) FROM calls WHERE replayed) "
      "FROM calls WHERE NOT replayed"
    )
    (row,) = self._read(query)
    return Totals(*row)

  def _read(
    self, query: str, values: Sequence[Any] = ()
  ) -> Iterator[tuple[Any, ...]]:
    try:
      yield from self._connection.execute(query, tuple(values))
    except sqlite3.Error as error:
      raise UserError(f"no table of calls in {self._path}: {error}") from error
