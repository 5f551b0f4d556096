"""A run of harness.search: candidates, archive, verification, calls."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from evolve import candidates, sqlite_file
from evolve.proposers.llm.calls import CallLog, Totals
from evolve.runs import finalists
from evolve.runs.finalists import AGAIN, FRESH, HELDOUT, Finalist, Suites
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.history import History, Moment, play
from evolve.search.niches import Niches
from evolve.search.racing import Noise, Races
from harness.core.errors import UserError
from harness.core.evidence import Estimate
from harness.core.fitness import Fidelity, Report
from harness.core.population import measure
from harness.reporting.runs.directory import RunDirectory, damaged


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
    suites: of the verification, by name of the fitness; see `finalists`.
    finalists: the programs evaluated again, see `finalists.ranked`.
    spent: on calls of language models; None if none was called.
  """

  directory: RunDirectory
  rows: tuple[Row, ...]
  first_rows: Mapping[str, Row]
  num_zero: int
  archive: Archive
  moments: tuple[Moment, ...]
  suites: Suites
  finalists: tuple[Finalist, ...]
  spent: Totals | None

  @property
  def mutator(self) -> str:
    settings = self.directory.settings
    details = [str(settings["mutator"])]
    if share := settings.get("tuning_share"):
      details.append(f"{share:.0%} tuning")
    if space := settings.get("space"):
      details.append(f"space {space}")
    if predictor := settings.get("predictor"):
      details.append(str(predictor))
    if settings.get("known"):
      details.append("known scores")
    if (share := settings.get("trained_share", 1.0)) < 1:
      details.append(f"{share:.0%} trained")
    return ", ".join(details)

  @property
  def suite(self) -> str:
    """Name and version of the tasks, e.g. lab@2/64/0."""
    return str(self.directory.settings["suite"])

  @property
  def measure(self) -> str:
    """The name of its values: OOD score, or value of an objective."""
    return measure(self.suite)

  @property
  def fidelity(self) -> Fidelity:
    """Of an evaluation in full."""
    return Fidelity(**self.directory.settings["full"])

  @property
  def winner(self) -> Finalist | None:
    """The best found program on new seeds; None if unverified."""
    return finalists.winner_of(self.finalists)

  def reports(self, finalist: Finalist) -> dict[str, Report | None]:
    """The reports that verdicts are on, by tasks as the page calls them."""
    found = {**finalist.reports, AGAIN: finalist.choice}
    return {
      self.tasks_of(name): found.get(name)
      for name in finalists.evidence_suites(self.suites)
    }

  def tasks_of(self, name: str) -> str:
    """The tasks of a fitness of the verification, as the page calls them."""
    suite = self.suites[name]
    return f"{suite}, new seeds" if name == AGAIN else suite

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
  return row.report.estimate


def flops(row: Row) -> float | None:
  """Weighted operations per element; None if the probe failed."""
  return float(row.traits["cost"]["flops"]) if row.traits else None


def read(directory: RunDirectory) -> SearchRun:
  """Reads programs.sqlite.

  Raises:
    UserError: there is none, or it is damaged.
  """
  path = directory.path / "programs.sqlite"
  if not sqlite_file.exists(path):
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
    num_zero = len(settings["generation_zero"])
    if settings["evaluations"] is not None:
      num_zero = min(num_zero, settings["evaluations"])
    races = Races(**settings.get("races", {}))  # Older runs have none.
    niches = Niches(settings.get("niches", Niches.SHAPE))
    archive = Archive(settings["num_islands"], settings["migration_interval"])
    top = settings["top"]
    suites = _suites(settings)
  except (KeyError, TypeError) as error:
    raise damaged(directory.path / "run.json", error) from error
  history = History(archive, races, niches, num_zero)
  moments = tuple(play(history, rows))
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
    suites=suites,
    finalists=_finalists(
      first_rows,
      finals,
      found,
      num_zero,
      suites,
      history.noise,
      _references(settings),
    ),
    spent=_spent(directory),
  )


_names = functools.cache(candidates.names_by_id)


def _suites(settings: Mapping[str, Any]) -> dict[str, str]:
  """Those of the verification, by name of the fitness."""
  if "finals" in settings:
    return dict(settings["finals"])
  # Of versions without fresh tasks.
  heldout = settings["heldout"]
  return {AGAIN: settings["suite"], **({HELDOUT: heldout} if heldout else {})}


def _references(settings: Mapping[str, Any]) -> dict[str, str]:
  """Names of the activations that the winner is compared with, by id.

  Named ones are, too, when they were verified; not those that were trained.
  """
  given = settings.get("references", {})
  named = {program.id: name for name, program in candidates.named().items()}
  return named | {program_id: name for name, program_id in given.items()}


def _finalists(
  first_rows: Mapping[str, Row],
  finals: Mapping[tuple[str, str], Report],
  found: set[str],
  num_zero: int,
  suites: Suites,
  noise: Noise,
  references: Mapping[str, str],
) -> tuple[Finalist, ...]:
  if FRESH not in suites:  # It was the name of new seeds.
    finals = {
      (i, AGAIN if n == FRESH else n): r for (i, n), r in finals.items()
    }
  zero = [r for r in first_rows.values() if r.slot < num_zero]
  origin = max(
    (r for r in zero if r.report.value is not None),
    key=lambda r: (r.report.value, -r.slot),
    default=None,
  )

  def finalist(program_id: str) -> Finalist:
    row = first_rows.get(program_id)
    slot = row.slot if row else None
    own = {name: r for (i, name), r in finals.items() if i == program_id}
    return Finalist(
      name=references.get(program_id, f"slot {slot}"),
      program_id=program_id,
      slot=slot,
      search_value=noise.estimate(row.report) if row else None,
      is_found=program_id in found,
      is_reference=program_id in references,
      is_origin=row is not None and row is origin,
      choice=finalists.choice_of(suites, own),
      reports={n: own[n] for n in finalists.reporting(suites) if n in own},
    )

  ids = dict.fromkeys(program_id for program_id, _ in finals)
  return tuple(finalists.ranked(map(finalist, ids)))


def _spent(directory: RunDirectory) -> Totals | None:
  if "llm" not in directory.settings:
    return None
  calls = CallLog(directory.path / "programs.sqlite", read_only=True)
  try:
    return calls.totals()
  finally:
    calls.close()
