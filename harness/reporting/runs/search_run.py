"""A run of harness.search: candidates, archive, verification, calls."""

import dataclasses
import functools
from collections.abc import Mapping

from evolve import candidates
from evolve.proposers.llm.calls import CallLog, Totals
from evolve.runs.verification import FRESH_FITNESS, HELDOUT_FITNESS
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.history import Moment, play
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Report
from harness.reporting import statistics
from harness.reporting.runs.directory import RunDirectory, damaged
from harness.reporting.statistics import Estimate


@dataclasses.dataclass(frozen=True)
class Finalist:
  """A program that was evaluated again after the search.

  Attributes:
    name: of a named activation, else "slot" and its number.
    program_id: see Program.
    slot: its first slot in the search; None for a reference that it never had.
    search_value: its value in the search; None if it has none.
    is_found: whether it is one of the archive's best, not a reference.
    fresh: its report on fresh seeds; None if that is not known yet.
    heldout: its report on held-out tasks; None if that is not known yet.
  """

  name: str
  program_id: str
  slot: int | None
  search_value: float | None
  is_found: bool
  fresh: Report | None
  heldout: Report | None

  @property
  def fall(self) -> float | None:
    """Its value in the search minus that on fresh seeds; None without both."""
    value = self.fresh.value if self.fresh else None
    if value is None or self.search_value is None:
      return None
    return self.search_value - value


@dataclasses.dataclass(frozen=True)
class SearchRun:
  """A search, finished or not.

  Attributes:
    directory: its settings.
    rows: its committed candidates, by slot.
    first_rows: the first candidate with each program, by program id.
    num_zero: the number of them that are generation zero.
    archive: after the last candidate.
    moments: its course, one for each row.
    finalists: the programs evaluated again, best on fresh seeds first.
    spent: on calls of language models; None if none was called.
  """

  directory: RunDirectory
  rows: tuple[Row, ...]
  first_rows: Mapping[str, Row]
  num_zero: int
  archive: Archive
  moments: tuple[Moment, ...]
  finalists: tuple[Finalist, ...]
  spent: Totals | None

  @property
  def mutator(self) -> str:
    return str(self.directory.settings["mutator"])

  @property
  def suite(self) -> str:
    """Name and version of the tasks, e.g. lab@1."""
    return str(self.directory.settings["suite"])

  @property
  def fidelity(self) -> Fidelity:
    """Of an evaluation in full."""
    return Fidelity(**self.directory.settings["full"])

  @property
  def winner(self) -> Finalist | None:
    """The best found program on fresh seeds; None if unverified."""
    found = (f for f in self.finalists if f.is_found and f.fresh)
    return next(found, None)

  def reports(self, finalist: Finalist) -> dict[str, Report | None]:
    """The reports of a finalist, by tasks as the page calls them."""
    found = {f"{self.suite}, fresh seeds": finalist.fresh}
    if self.heldout:
      found[self.heldout] = finalist.heldout
    return found

  @property
  def heldout(self) -> str | None:
    """The held-out suite; None if an objective of a user's own has none."""
    heldout: str | None = self.directory.settings["heldout"]
    return heldout

  @property
  def best(self) -> Row | None:
    """The winner's candidate, or the archive's best while unverified.

    None if no candidate has a value.
    """
    if self.winner:
      return self.first_rows.get(self.winner.program_id)
    return (
      None if self.archive.is_empty else self.rows[self.archive.best().slot]
    )


def row_name(row: Row) -> str:
  """The name of a named activation, else "slot" and its number."""
  return _names().get(row.program.id, f"slot {row.slot}")


def is_named(row: Row) -> bool:
  """True for a named activation."""
  return row.program.id in _names()


def value(row: Row) -> Estimate | None:
  """The value of a candidate in the search; None unless OK."""
  by_seed = row.report.value_by_seed
  return statistics.mean_score(by_seed) if by_seed else None


def flops(row: Row) -> float | None:
  """Weighted operations per element; None if the probe failed."""
  return float(row.traits["cost"]["flops"]) if row.traits else None


def read(directory: RunDirectory) -> SearchRun:
  """Reads programs.sqlite.

  Raises:
    UserError: there is none, or it is damaged.
  """
  path = directory.path / "programs.sqlite"
  if not path.exists():
    raise UserError(
      f"{directory.path} holds no candidates: programs.sqlite is missing; "
      "harness.search makes it"
    )
  database = Database(path, read_only=True)
  try:
    rows = tuple(database.rows())
    finals = database.finals()
  finally:
    database.close()
  try:
    settings = directory.settings
    num_zero = min(len(settings["generation_zero"]), settings["evaluations"])
    archive = Archive(settings["num_islands"], settings["migration_interval"])
    top = settings["top"]
  except (KeyError, TypeError) as error:
    raise damaged(directory.path / "run.json", error) from error
  moments = tuple(play(archive, rows, num_zero))
  found = {elite.program_id for elite in archive.elites()[:top]}
  first_rows: dict[str, Row] = {}
  for row in rows:
    first_rows.setdefault(row.program.id, row)
  return SearchRun(
    directory=directory,
    rows=rows,
    first_rows=first_rows,
    num_zero=num_zero,
    archive=archive,
    moments=moments,
    finalists=_finalists(first_rows, finals, found),
    spent=_spent(directory),
  )


_names = functools.cache(candidates.names_by_id)


def _finalists(
  first_rows: Mapping[str, Row],
  finals: Mapping[tuple[str, str], Report],
  found: set[str],
) -> tuple[Finalist, ...]:
  def finalist(program_id: str) -> Finalist:
    row = first_rows.get(program_id)
    slot = row.slot if row else None
    return Finalist(
      name=_names().get(program_id, f"slot {slot}"),
      program_id=program_id,
      slot=slot,
      search_value=row.report.value if row else None,
      is_found=program_id in found,
      fresh=finals.get((program_id, FRESH_FITNESS)),
      heldout=finals.get((program_id, HELDOUT_FITNESS)),
    )

  ids = dict.fromkeys(program_id for program_id, _ in finals)
  finalists = [finalist(program_id) for program_id in ids]
  return tuple(sorted(finalists, key=_rank))


def _rank(finalist: Finalist) -> float:
  value = finalist.fresh.value if finalist.fresh else None
  return 1.0 if value is None else -value


def _spent(directory: RunDirectory) -> Totals | None:
  if "llm" not in directory.settings:
    return None
  calls = CallLog(directory.path / "programs.sqlite", read_only=True)
  try:
    return calls.totals()
  finally:
    calls.close()
