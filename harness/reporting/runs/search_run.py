"""The run of a search: its candidates, archive, verification and calls."""

import dataclasses
from collections.abc import Mapping

from evolve import candidates
from evolve.proposers.llm.calls import CallLog, Totals
from evolve.runs.verification import FRESH_FITNESS, HELDOUT_FITNESS
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.history import Moment, play
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Report
from harness.reporting.runs.run import Run, damaged


@dataclasses.dataclass(frozen=True)
class Finalist:
  """A program that was evaluated again after the search.

  Attributes:
    name: of a named activation, else "slot" and its number.
    program_id: see Program.
    slot: where the search had it; None for a reference that it never had.
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


@dataclasses.dataclass(frozen=True)
class SearchRun:
  """A search, finished or not.

  Attributes:
    run: its directory and settings.
    rows: its committed candidates, by slot.
    num_zero: how many of them are generation zero.
    archive: after the last candidate.
    moments: how it came about, one for each row.
    finalists: what was evaluated again, by value on fresh seeds, best first.
    spent: on calls of language models; None if none was called.
  """

  run: Run
  rows: tuple[Row, ...]
  num_zero: int
  archive: Archive
  moments: tuple[Moment, ...]
  finalists: tuple[Finalist, ...]
  spent: Totals | None

  @property
  def mutator(self) -> str:
    return str(self.run.settings["mutator"])

  @property
  def suite(self) -> str:
    """Name and version of the tasks, e.g. lab@1."""
    return str(self.run.settings["suite"])

  @property
  def fidelity(self) -> Fidelity:
    """Of an evaluation in full."""
    return Fidelity(**self.run.settings["full"])

  @property
  def winner(self) -> Finalist | None:
    """What was best on fresh seeds of what was found; None if unverified."""
    found = (f for f in self.finalists if f.is_found and f.fresh)
    return next(found, None)

  def first_row(self, program_id: str) -> Row | None:
    """The first candidate with this program."""
    return next((r for r in self.rows if r.program.id == program_id), None)


def read(run: Run) -> SearchRun:
  """Reads programs.sqlite.

  Raises:
    UserError: there is none, or it is damaged.
  """
  path = run.path / "programs.sqlite"
  if not path.exists():
    raise UserError(
      f"{run.path} holds no candidates: programs.sqlite is missing; "
      "harness.search makes it"
    )
  database = Database(path, read_only=True)
  try:
    rows = tuple(database.rows())
    finals = database.finals()
  finally:
    database.close()
  try:
    settings = run.settings
    num_zero = min(len(settings["generation_zero"]), settings["evaluations"])
    archive = Archive(settings["num_islands"], settings["migration_interval"])
    top = settings["top"]
  except (KeyError, TypeError) as error:
    raise damaged(run.path / "run.json", error) from error
  moments = tuple(play(archive, rows, num_zero))
  found = {elite.program_id for elite in archive.elites()[:top]}
  return SearchRun(
    run=run,
    rows=rows,
    num_zero=num_zero,
    archive=archive,
    moments=moments,
    finalists=_finalists(rows, finals, found),
    spent=_spent(run),
  )


def names_by_id() -> dict[str, str]:
  """The names of the named activations, by program id."""
  return {p.id: name for name, p in candidates.named().items()}


def _finalists(
  rows: tuple[Row, ...],
  finals: Mapping[tuple[str, str], Report],
  found: set[str],
) -> tuple[Finalist, ...]:
  names = names_by_id()
  first: dict[str, Row] = {}
  for row in rows:
    first.setdefault(row.program.id, row)

  def finalist(program_id: str) -> Finalist:
    row = first.get(program_id)
    slot = row.slot if row else None
    return Finalist(
      name=names.get(program_id, f"slot {slot}"),
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


def _spent(run: Run) -> Totals | None:
  if "llm" not in run.settings:
    return None
  calls = CallLog(run.path / "programs.sqlite", read_only=True)
  try:
    return calls.totals()
  finally:
    calls.close()
