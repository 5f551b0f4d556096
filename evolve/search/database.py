"""The programs of a run, in SQLite: one transaction for each slot.

Everything a resumed run needs is here. Rows are committed in the order of their
slots, so a killed run leaves a prefix of the uninterrupted run's table.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from evolve import sqlite_file
from evolve.cost import Cost
from evolve.program import Program
from harness.core.errors import UserError
from harness.core.fitness import Report

_SCHEMA = """
CREATE TABLE IF NOT EXISTS programs (
  slot INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  parents TEXT NOT NULL,   -- JSON list of ids
  status TEXT NOT NULL,
  value REAL,              -- NULL unless status is OK
  source TEXT NOT NULL,
  report TEXT NOT NULL,    -- JSON
  traits TEXT              -- JSON; NULL if the probe failed
);
CREATE INDEX IF NOT EXISTS programs_id ON programs (id);
CREATE TABLE IF NOT EXISTS finals (
  id TEXT NOT NULL,
  suite TEXT NOT NULL,
  report TEXT NOT NULL,    -- JSON, on fresh seeds
  PRIMARY KEY (id, suite)
);
"""


class Row(NamedTuple):
  """A committed candidate.

  Attributes:
    slot: its place in the sequence.
    program: the candidate.
    report: of its evaluation.
    traits: `Traits` as JSON; None if the probe failed.
  """

  slot: int
  program: Program
  report: Report
  traits: dict[str, Any] | None


class Database:
  """The SQLite file of a run."""

  def __init__(self, path: Path, *, read_only: bool = False):
    """Opens the file, or creates it; see `sqlite_file.connect`."""
    self._path = path
    self._connection = sqlite_file.connect(path, _SCHEMA, read_only=read_only)

  def close(self) -> None:
    self._connection.close()

  def commit(self, row: Row) -> None:
    """Adds one candidate, in one transaction.

    Raises:
      UserError: the disk is full or can't be written; what was committed
        before is intact.
    """
    report = row.report
    values = (
      row.slot,
      row.program.id,
      json.dumps(row.program.parents),
      report.status.value,
      report.value,
      row.program.source,
      json.dumps(report.to_json()),
      None if row.traits is None else json.dumps(row.traits),
    )
    self._write("INSERT INTO programs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

  def num_rows(self) -> int:
    """The number of committed candidates."""
    ((count,),) = self._read("SELECT count(*) FROM programs")
    return int(count)

  def rows(self) -> Iterator[Row]:
    """The candidates committed by now, by slot, as they are read.

    Raises:
      UserError: the database is damaged.
    """
    query = (
      "SELECT slot, id, source, parents, report, traits FROM programs "
      "WHERE slot < ? ORDER BY slot"
    )
    for slot, program_id, source, parents, report, traits in self._read(
      query, (self.num_rows(),)
    ):
      try:
        yield Row(
          slot,
          Program.recorded(source, tuple(json.loads(parents)), program_id),
          Report.from_json(json.loads(report)),
          None if traits is None else json.loads(traits),
        )
      except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(
          f"{self._path} is damaged: slot {slot}: {error}"
        ) from error

  def report(self, program_id: str) -> Report:
    """The report of the first program with this id."""
    query = "SELECT report FROM programs WHERE id = ? ORDER BY slot LIMIT 1"
    ((report,),) = self._read(query, (program_id,))
    return Report.from_json(json.loads(report))

  def traits(self, program_id: str) -> dict[str, Any] | None:
    """`Traits` of a program, as JSON; None if its probe failed."""
    query = "SELECT traits FROM programs WHERE id = ? ORDER BY slot LIMIT 1"
    ((traits,),) = self._read(query, (program_id,))
    return json.loads(traits) if traits else None

  def cost(self, program_id: str) -> Cost | None:
    """The cost of a call of a program; None if its probe failed."""
    traits = self.traits(program_id)
    return Cost(**traits["cost"]) if traits else None

  def outcome(self, program_id: str) -> tuple[int, float | None] | None:
    """Slot and value of the first program with this id, if there is one."""
    query = (
      "SELECT slot, value FROM programs WHERE id = ? ORDER BY slot LIMIT 1"
    )
    for slot, value in self._read(query, (program_id,)):
      return slot, value
    return None

  def best_before(self, slot: int) -> Program | None:
    """The best program of the slots below `slot`; None if none was OK."""
    query = (
      "SELECT source, parents FROM programs WHERE slot < ? AND value NOT NULL "
      "ORDER BY value DESC, slot LIMIT 1"
    )
    for source, parents in self._read(query, (slot,)):
      return Program(source, tuple(json.loads(parents)))
    return None

  def commit_final(self, program_id: str, suite: str, report: Report) -> None:
    """Keeps a re-evaluation on fresh seeds."""
    values = (program_id, suite, json.dumps(report.to_json()))
    self._write("INSERT OR REPLACE INTO finals VALUES (?, ?, ?)", values)

  def finals(self) -> dict[tuple[str, str], Report]:
    """Re-evaluations by program id and suite."""
    rows = list(self._read("SELECT id, suite, report FROM finals"))
    try:
      return {(i, s): Report.from_json(json.loads(r)) for i, s, r in rows}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
      raise UserError(f"{self._path} is damaged: finals: {error}") from error

  def _write(self, statement: str, values: tuple[Any, ...]) -> None:
    try:
      with self._connection:
        self._connection.execute(statement, values)
    except sqlite3.Error as error:
      raise UserError(
        f"can't write the database: {error}; what was committed is intact, "
        "go on with --resume"
      ) from error

  def _read(
    self, query: str, values: tuple[Any, ...] = ()
  ) -> Iterator[tuple[Any, ...]]:
    try:
      yield from self._connection.execute(query, values)
    except sqlite3.Error as error:
      raise UserError(f"{self._path} is damaged: {error}") from error
