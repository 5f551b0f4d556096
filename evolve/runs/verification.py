"""The verification of a search on seeds and tasks that it never saw.

The best programs of the archive are evaluated again beside references. The
winner is chosen on the search's tasks with new seeds and on further tasks of
its stream; fresh and held-out tasks report and never choose. Every result is
kept in the database as soon as it is known.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

from evolve import candidates
from evolve.program import Program
from evolve.runs import finalists
from evolve.runs.evaluate import evaluate_all
from evolve.runs.evaluation_line import EvaluationLine
from evolve.runs.finalists import Finalist, Suites
from evolve.search.config import SearchConfig
from evolve.search.database import Database
from evolve.search.search import Search
from evolve.workers.cascade import Cascade, Rung
from evolve.workers.contract import Pool
from harness.core.fitness import Fidelity, Report

# Far from any seed that a user gives, so that no network repeats.
_FRESH = 1_000_000_007


def fresh_seed(seed: int) -> int:
  """The seed of the verification of a search that ran with `seed`."""
  return seed + _FRESH


def fidelity(config: SearchConfig, num_seeds: int) -> Fidelity:
  """Of the verification: trained as long as in the search."""
  return Fidelity(config.full.steps, num_seeds)


@dataclasses.dataclass(frozen=True)
class Verification:
  """The results of a verification.

  Attributes:
    finalists: best first where the winner is chosen: the best programs of the
      search, the best of generation zero, and well-known activations.
    winner: the best program of the search; None if nothing was OK.
    program: the winner's.
    origin: the best of generation zero by its value in the search.
    suites: of the fitnesses that it took.
  """

  finalists: tuple[Finalist, ...]
  winner: Finalist | None
  program: Program | None
  origin: Finalist | None
  suites: Suites


def verify(
  search: Search,
  pool: Pool,
  database: Database,
  *,
  top: int,
  references: Mapping[str, Program],
  num_seeds: int,
  suites: Suites,
  num_workers: int,
  show: Callable[[Callable[[], str]], None],
) -> Verification:
  """Evaluates the finalists that the database does not hold yet.

  Args:
    search: a finished search.
    pool: knows the fitnesses in `suites`.
    database: keeps the reports.
    top: the number of elites of the archive to evaluate.
    references: what the winner is compared with, by name.
    num_seeds: per task, new to the search.
    suites: of the fitnesses to evaluate on, see `finalists`.
    num_workers: evaluations at a time.
    show: shows what a function says, now and from now on.
  """
  config = search.config
  found = [Program(e.source) for e in search.archive.elites()[:top]]
  origin = database.best_before(len(search.generation_zero))
  programs = {
    program.id: program
    for program in (
      *found,
      *([origin] if origin else []),
      *references.values(),
    )
  }
  # All suites in one process: most of the time goes into compiling.
  cascade = Cascade(
    tuple(
      Rung(name, name, fresh_seed(config.seed), fidelity(config, num_seeds))
      for name in suites
    )
  )
  named = {
    **candidates.names_by_id(),
    **{program.id: name for name, program in references.items()},
  }
  outcomes = {i: database.outcome(i) or (None, None) for i in programs}
  names = {i: named.get(i) or f"slot {outcomes[i][0]}" for i in outcomes}
  wanted = _missing(programs.values(), cascade, database)
  line = EvaluationLine("verifying", [names[p.id] for p in wanted], num_workers)
  show(line.text)
  reports = _reports(wanted, cascade, config, pool, database, line.end)
  found_ids = {program.id for program in found}
  reference_ids = {program.id for program in references.values()}
  by_id: dict[str, Finalist] = {}
  for program_id in programs:
    own = {name: r for (i, name), r in reports.items() if i == program_id}
    slot, _ = outcomes[program_id]
    by_id[program_id] = Finalist(
      names[program_id],
      program_id,
      slot,
      None
      if slot is None
      else search.history.noise.estimate(database.report(program_id)),
      is_found=program_id in found_ids,
      is_reference=program_id in reference_ids,
      is_origin=bool(origin and origin.id == program_id),
      choice=finalists.choice_of(suites, own),
      reports={n: own[n] for n in finalists.reporting(suites)},
    )
  winner = finalists.winner_of(by_id.values())
  return Verification(
    tuple(finalists.ranked(by_id.values())),
    winner,
    programs[winner.program_id] if winner else None,
    by_id[origin.id] if origin else None,
    suites,
  )


def _missing(
  programs: Iterable[Program], cascade: Cascade, database: Database
) -> list[Program]:
  """Programs that lack a report of as many seeds on a suite."""
  reports = database.finals()
  return [
    program
    for program in programs
    if not all(
      _has_seeds(reports.get((program.id, rung.name)), rung)
      for rung in cascade.rungs
    )
  ]


def _reports(
  wanted: Sequence[Program],
  cascade: Cascade,
  config: SearchConfig,
  pool: Pool,
  database: Database,
  on_report: Callable[[int, Report], None],
) -> dict[tuple[str, str], Report]:
  """All reports by program id and suite, after those wanted are made."""
  reports = database.finals()
  for index, _, found in evaluate_all(pool, wanted, cascade, config.admission):
    program_id = wanted[index].id
    for number, name in enumerate(cascade.names):
      # Whoever fails on a suite has the same report on those after it.
      report = found[min(number, len(found) - 1)]
      reports[program_id, name] = report
      database.commit_final(program_id, name, report)
    on_report(index, found[-1])
  return reports


def _has_seeds(report: Report | None, rung: Rung) -> bool:
  """True if a report is of as many seeds; one that failed has none."""
  if report is None:
    return False
  by_seed = report.value_by_seed
  return not by_seed or len(by_seed) == rung.fidelity.num_seeds
