"""A whole search run: from its settings to best.py and summary.json."""

import dataclasses
import logging
import time
from collections.abc import Mapping
from typing import Any

from evolve import findings
from evolve.database import Database, Row
from evolve.display import Display
from evolve.expression import ExpressionMutator, RandomMutator
from evolve.mutator import Mutator
from evolve.program import Program
from evolve.search import SEARCH_FITNESS, Search, SearchConfig
from evolve.verification import (
  HELDOUT_FITNESS,
  Verification,
  fresh_seed,
  verify,
)
from evolve.workers.pool import WorkerPool
from harness.core.console import Progress
from harness.core.fitness import Fitness
from harness.core.workdir import Workdir

MUTATORS: Mapping[str, Mutator] = {
  "expression": ExpressionMutator(),
  "random": RandomMutator(),
}

_log = logging.getLogger("actmine")


@dataclasses.dataclass(frozen=True)
class RunConfig:
  """A search, and what surrounds it.

  Attributes:
    search: what decides its course.
    mutator: a name in MUTATORS.
    generation_zero: the programs it starts from.
    num_workers: processes at a time; changes no result.
    top: how many elites are verified at the end.
  """

  search: SearchConfig
  mutator: str
  generation_zero: tuple[Program, ...]
  num_workers: int
  top: int


def run(
  config: RunConfig, fitness: Fitness, heldout: Fitness, workdir: Workdir
) -> None:
  """Searches, verifies the winners, and prints what was found.

  Args:
    config: the settings.
    fitness: what the search maximises.
    heldout: what it never sees; scored once at the end.
    workdir: gets programs.sqlite, best.py and summary.json.

  Raises:
    UserError: see Workdir and Database.
  """
  start = time.monotonic()
  seed, full = config.search.seed, config.search.full
  prepare = [
    (SEARCH_FITNESS, seed, full),
    (SEARCH_FITNESS, fresh_seed(seed), full),
    (HELDOUT_FITNESS, fresh_seed(seed), full),
  ]
  fitnesses = {SEARCH_FITNESS: fitness, HELDOUT_FITNESS: heldout}
  with WorkerPool(
    fitnesses,
    config.num_workers,
    prepare=prepare,
    tables=not config.search.exact,
  ) as pool:
    about = pool.describe()
    workdir.begin(
      _settings(config, fitness, heldout),
      about["devices"],
      may_change=("evaluations", "workers", "top"),
      extra={"workers": about["applied"]},
    )
    database = Database(workdir.path / "programs.sqlite")
    search = Search(
      config.search,
      config.generation_zero,
      MUTATORS[config.mutator],
      pool,
      database,
    )
    _search(search, fitness.suite)
    found = _verify(search, pool, database, config.top)
  findings.write_best(workdir.path / "best.py", found)
  seconds = time.monotonic() - start
  workdir.finish(findings.summary(search, found, pool, seconds))
  findings.print_findings(config.search, search, found, fitness, heldout)
  database.close()


def _settings(
  config: RunConfig, fitness: Fitness, heldout: Fitness
) -> dict[str, Any]:
  return {
    **dataclasses.asdict(config.search),
    "suite": fitness.suite,
    "heldout": heldout.suite,
    "mutator": config.mutator,
    "generation_zero": [p.id for p in config.generation_zero],
    "workers": config.num_workers,
    "top": config.top,
  }


def _search(search: Search, suite: str) -> None:
  with Progress() as progress:
    display = Display(search.config, suite)
    progress.show(display.line())

    def on_commit(row: Row, is_new: bool) -> None:
      display.count(row.report, is_new=is_new)
      progress.show(display.line())
      if is_new:
        _log.info(
          "slot %d %s %s %s",
          row.slot,
          row.program.id,
          row.report.status,
          row.report.feedback,
        )

    search.run(on_commit)


def _verify(
  search: Search, pool: WorkerPool, database: Database, top: int
) -> Verification:
  with Progress() as progress:
    return verify(
      search,
      pool,
      database,
      top=top,
      on_report=lambda done, total: progress.show(
        f"verification on fresh seeds and held-out tasks: {done} of {total}"
      ),
    )
