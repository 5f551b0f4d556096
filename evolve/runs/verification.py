"""The verification of a search on seeds and tasks that it never saw.

The best programs of the archive are evaluated again on fresh seeds, beside
references, and the winner is chosen there; then all are scored on held-out
tasks. Every result is kept in the database as soon as it is known.
"""

import dataclasses
from collections.abc import Callable, Sequence

from evolve import candidates
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.runs.evaluation_line import EvaluationLine
from evolve.search.config import SearchConfig
from evolve.search.database import Database
from evolve.search.search import Search
from evolve.workers.cascade import Cascade
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity, Report, mean_ci95

# Their names in the worker pool and in the database.
FRESH_FITNESS = "fresh"
HELDOUT_FITNESS = "heldout"
REFERENCES = ("relu", "gelu", "gelusine", "gelu_sinc_perturbation")

# Far from any seed that a user gives, so that no network repeats.
_FRESH = 1_000_000_007


def fresh_seed(seed: int) -> int:
  """The seed of the verification of a search that ran with `seed`."""
  return seed + _FRESH


def fidelity(config: SearchConfig, num_seeds: int) -> Fidelity:
  """Of the verification: trained as long as in the search."""
  return Fidelity(config.full.steps, num_seeds)


@dataclasses.dataclass(frozen=True)
class Finalist:
  """A program that was evaluated again.

  Attributes:
    name: of a reference; for a program of the search, "slot" and its number.
    program: the program.
    slot: where the search found it; None for a reference it did not evaluate.
    search_value: its value in the search.
    fresh: its report on fresh seeds.
    heldout: its report on held-out tasks; None where there are none.
  """

  name: str
  program: Program
  slot: int | None
  search_value: float | None
  fresh: Report
  heldout: Report | None


@dataclasses.dataclass(frozen=True)
class Verification:
  """The results of a verification.

  Attributes:
    found: the best programs of the search, by their value on fresh seeds; the
      first is the winner. Empty if nothing was OK.
    origin: the best program of generation zero by its value in the search.
    references: well-known activations beside them.
  """

  found: tuple[Finalist, ...]
  origin: Finalist | None
  references: tuple[Finalist, ...]

  @property
  def winner(self) -> Finalist | None:
    return self.found[0] if self.found else None


def verify(
  search: Search,
  pool: WorkerPool,
  database: Database,
  *,
  top: int,
  num_seeds: int,
  has_heldout: bool,
  num_workers: int,
  show: Callable[[Callable[[], str]], None],
) -> Verification:
  """Evaluates the finalists that the database does not hold yet.

  Args:
    search: a finished search.
    pool: knows the fitness of fresh seeds and the held-out one.
    database: keeps the reports.
    top: the number of elites of the archive to evaluate.
    num_seeds: fresh seeds per task.
    has_heldout: whether there are held-out tasks.
    num_workers: evaluations at a time.
    show: shows what a function says, now and from now on.
  """
  config = search.config
  found = [Program(e.source) for e in search.archive.elites()[:top]]
  origin = database.best_before(len(search.generation_zero))
  references = [candidates.resolve(name) for name in REFERENCES]
  programs = [*found, *([origin] if origin else []), *references]
  cascades = {
    name: Cascade(name, fresh_seed(config.seed), fidelity(config, num_seeds))
    for name in (FRESH_FITNESS, HELDOUT_FITNESS)[: 1 + has_heldout]
  }
  work = [(p, c) for c in cascades.values() for p in programs]
  named = candidates.names_by_id()
  outcomes = {p.id: database.outcome(p.id) or (None, None) for p in programs}
  names = {i: named.get(i) or f"slot {outcomes[i][0]}" for i in outcomes}
  wanted = _missing(work, database)
  places = "fresh seeds and held-out tasks" if has_heldout else "fresh seeds"
  line = EvaluationLine(
    f"verifying on {places}:",
    [names[program.id] for program, _ in wanted],
    num_workers,
  )
  show(line.text)
  reports = _reports(wanted, config, pool, database, line.end)

  def finalist(program: Program) -> Finalist:
    slot, value = outcomes[program.id]
    return Finalist(
      names[program.id],
      program,
      slot,
      value,
      reports[program.id, FRESH_FITNESS],
      reports.get((program.id, HELDOUT_FITNESS)),
    )

  finalists = [finalist(program) for program in found]
  return Verification(
    tuple(sorted(finalists, key=lambda f: -(f.fresh.value or 0.0))),
    finalist(origin) if origin else None,
    tuple(finalist(program) for program in references),
  )


def _missing(
  work: Sequence[tuple[Program, Cascade]], database: Database
) -> list[tuple[Program, Cascade]]:
  """Programs without a report of as many seeds on record, once each."""
  reports = database.finals()
  wanted = {
    (program.id, cascade.fitness): (program, cascade)
    for program, cascade in work
    if not _has_seeds(reports.get((program.id, cascade.fitness)), cascade)
  }
  return list(wanted.values())


def _reports(
  wanted: Sequence[tuple[Program, Cascade]],
  config: SearchConfig,
  pool: WorkerPool,
  database: Database,
  on_report: Callable[[int, Report], None],
) -> dict[tuple[str, str], Report]:
  """All reports by program id and fitness, after those wanted are made."""
  reports = database.finals()
  for index, _, report in evaluate_all(pool, wanted, config.admission):
    program, cascade = wanted[index]
    reports[program.id, cascade.fitness] = report
    database.commit_final(program.id, cascade.fitness, report)
    on_report(index, report)
  return reports


def _has_seeds(report: Report | None, cascade: Cascade) -> bool:
  """True if a report is of as many seeds; one that failed has none."""
  if report is None:
    return False
  by_seed = report.value_by_seed
  return not by_seed or len(by_seed) == cascade.full.num_seeds


def difference_ci95(a: Report, b: Report) -> tuple[float, float, float] | None:
  """Mean of a - b over seeds, and its 95% interval; None where one has none.

  Both were trained on the same data from the same weights, so the seeds pair.
  """
  if a.value is None or b.value is None:
    return None
  pairs = zip(a.value_by_seed, b.value_by_seed, strict=True)
  differences = [x - y for x, y in pairs]
  interval = mean_ci95(differences)
  mean = sum(differences) / len(differences)
  return (mean, *interval) if interval else None
