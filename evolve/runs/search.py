"""A search run, from its settings to best.py and summary.json."""

import contextlib
import dataclasses
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evolve.program import Program
from evolve.proposers.llm.author import Author
from evolve.proposers.llm.calls import CallLog
from evolve.proposers.proposer import Proposer
from evolve.runs import findings
from evolve.runs.curves import SearchCurves
from evolve.runs.status_line import StatusLine
from evolve.runs.strategy import Strategy
from evolve.runs.verification import (
  Verification,
  fidelity,
  fresh_seed,
  verify,
)
from evolve.search.config import SEARCH_FITNESS, SearchConfig
from evolve.search.database import Database, Row
from evolve.search.search import Search
from evolve.workers.cluster_pool import ClusterPool
from evolve.workers.contract import Pool
from evolve.workers.pool import WorkerPool
from harness.core.cluster import Cluster
from harness.core.console import Progress, say
from harness.core.fitness import Fidelity, Fitness
from harness.core.parameters import Share
from harness.core.scalars import FOLDER, Scalars
from harness.core.workdir import Workdir

# Another value than before leaves a finished run something to do.
_LENGTHS = ("evaluations", "budget", "top", "references", "fresh_seeds")
_MAY_CHANGE = (
  "workers",
  "top",
  "references",
  "fresh_seeds",
  # They decide who answers, and an answer is kept whoever gave it.
  "llm",
  "llm_selection",
  "llm_sampling",
  "llm_caps",
  "llm_concurrency",
)

_log = logging.getLogger("actmine")


@dataclasses.dataclass(frozen=True)
class RunConfig:
  """The settings of a search run.

  Attributes:
    search: what decides the course of the search.
    strategy: what writes candidates.
    generation_zero: the programs it starts from.
    num_workers: processes at a time, on each node; changes no result.
    top: the number of elites that are verified at the end.
    references: what the winner is compared with, by name.
    fresh_seeds: per task, of the verification.
    ray: the address of a cluster, see `Cluster`; None for this process's
      machine alone.
  """

  search: SearchConfig
  strategy: Strategy
  generation_zero: tuple[Program, ...]
  num_workers: int
  top: int
  references: Mapping[str, Program]
  fresh_seeds: int
  ray: str | None = None

  @property
  def num_zero(self) -> int:
    """The size of generation zero."""
    return min(len(self.generation_zero), self.search.most)

  @property
  def num_asked(self) -> int | None:
    """The number of slots that language models write, where it is known."""
    if self.strategy.author is None or self.search.evaluations is None:
      return None
    return self.strategy.num_asked(self.search.evaluations - self.num_zero)


def run(
  config: RunConfig,
  fitness: Fitness,
  further: Sequence[Fitness],
  finals: Mapping[str, Fitness],
  workdir: Workdir,
) -> None:
  """Searches, verifies the winners, and prints the findings.

  Of a run that has finished, it prints them again.

  Args:
    config: the settings.
    fitness: maximised by the search.
    further: its further draws, for as many races as there are.
    finals: the fitnesses of the verification, by their names in `finalists`,
      for as many seeds as it takes. The search's own tasks are another object
      there, lest the number of seeds change a bit of the search.
    workdir: gets programs.sqlite, best.py, summary.json, and curves for
      TensorBoard.

  Raises:
    UserError: see Workdir, Database and Author.
  """
  start = time.monotonic()
  settings = _settings(config, fitness, further, finals)
  workdir.check(
    settings, may_change=_MAY_CHANGE, may_grow=("evaluations", "budget")
  )
  database_path = workdir.path / "programs.sqlite"
  if workdir.finished and not _is_extended(workdir, settings):
    workdir.say_finished("a larger --budget or --evaluations extends it")
    _print_again(config, finals, workdir)
    return
  seed, full, races = (
    config.search.seed,
    config.search.full,
    config.search.races,
  )
  again = fresh_seed(seed), fidelity(config.search, config.fresh_seeds)
  draws = dict(zip(races.fitnesses, further, strict=True))
  fitnesses = {SEARCH_FITNESS: fitness, **draws, **finals}
  prepare = [
    (SEARCH_FITNESS, seed, full),
    *(
      (name, s, full) for name, s in zip(draws, races.seeds(seed), strict=True)
    ),
    *((name, *again) for name in finals),
  ]
  with contextlib.ExitStack() as stack:
    author = None
    if config.strategy.author:
      author = stack.enter_context(
        Author(
          config.strategy.author,
          database_path,
          config.search.admission,
          fitness.goal,
        )
      )
    cluster = stack.enter_context(Cluster(config.ray)) if config.ray else None
    with Progress() as progress:
      progress.show("starting workers")
      pool = stack.enter_context(_pool(config, fitnesses, prepare, cluster))
      worker = pool.describe()
    _say_idle(pool.num_workers, config.search.lag)
    extra: dict[str, Any] = {"workers": worker.applied}
    if cluster:
      say(cluster.description)
      extra["nodes"] = cluster.record()
    workdir.begin(settings, worker.devices, extra=extra)
    database = Database(database_path)
    stack.callback(database.close)
    search = Search(
      config.search,
      config.generation_zero,
      _proposer(config, author, workdir.path),
      pool,
      database,
    )
    line = StatusLine(config.search, fitness.suite, author, config.num_asked)
    curves = SearchCurves(stack.enter_context(Scalars(workdir.path / FOLDER)))
    _search(search, line, curves)
    found = _verify(search, pool, database, config, finals)
    best = workdir.path / "best.py"
    findings.write_best(best, found)
    seconds = time.monotonic() - start
    workdir.finish(findings.summary(search, found, pool, author, seconds))
    if author:
      findings.print_spending(author.totals(), search)
    findings.print_findings(search, found, best)


def _pool(
  config: RunConfig,
  fitnesses: Mapping[str, Fitness],
  prepare: Sequence[tuple[str, int, Fidelity]],
  cluster: Cluster | None,
) -> Pool:
  """The workers of this machine, or those of a cluster.

  Raises:
    UserError: they don't start.
  """
  number, tables = config.num_workers, not config.search.exact
  if cluster:
    return ClusterPool(
      cluster, fitnesses, number, prepare=prepare, tables=tables
    )
  return WorkerPool(fitnesses, number, prepare=prepare, tables=tables)


def _say_idle(num_workers: int, lag: int) -> None:
  """Says if there are more workers than candidates can be in work."""
  if num_workers > lag:
    say(
      f"{num_workers} workers, of which {num_workers - lag} are idle: no more "
      f"than --lag={lag} candidates are in work at a time; a new run with "
      f"--lag={num_workers} would use them all"
    )


def _is_extended(workdir: Workdir, settings: Mapping[str, Any]) -> bool:
  """True if a finished run has something left to do."""
  before = workdir.settings()
  return any(
    before.get(name) != settings[name] for name in _LENGTHS
  ) or workdir.summary().get("llm", {}).get("out_of_budget", False)


def _print_again(
  config: RunConfig, finals: Mapping[str, Fitness], workdir: Workdir
) -> None:
  """Prints the findings of a finished run, which needs no evaluation."""
  path = workdir.path / "programs.sqlite"
  with (
    WorkerPool({}, num_workers=1) as pool,
    contextlib.closing(Database(path, read_only=True)) as database,
  ):
    # Every slot is recorded, so nothing is proposed.
    proposer = _proposer(config, None, workdir.path)
    search = Search(
      config.search, config.generation_zero, proposer, pool, database
    )
    search.run()
    found = _verify(search, pool, database, config, finals)
  if config.strategy.author:
    with contextlib.closing(CallLog(path, read_only=True)) as calls:
      findings.print_spending(calls.totals(), search)
  best = workdir.path / "best.py"
  findings.print_findings(search, found, best)


def _proposer(
  config: RunConfig, author: Author | None, folder: Path
) -> Proposer:
  trains = config.search.parameters is not Share.FROZEN
  with Progress() as progress:
    return config.strategy.proposer(
      config.num_zero, author, trains, folder, progress.show
    )


def _settings(
  config: RunConfig,
  fitness: Fitness,
  further: Sequence[Fitness],
  finals: Mapping[str, Fitness],
) -> dict[str, Any]:
  settings = dataclasses.asdict(config.search)
  # As in earlier versions.
  if config.search.parameters is Share.FROZEN:
    del settings["parameters"]
  if config.search.trained_share == 1:
    del settings["trained_share"]
  return {
    **settings,
    "suite": fitness.suite,
    "further": [one.suite for one in further],
    "finals": {name: one.suite for name, one in finals.items()},
    "generation_zero": [p.id for p in config.generation_zero],
    "workers": config.num_workers,
    "top": config.top,
    "references": {name: p.id for name, p in config.references.items()},
    "fresh_seeds": config.fresh_seeds,
    **config.strategy.settings(config.search.parameters),
  }


def _search(search: Search, line: StatusLine, curves: SearchCurves) -> None:
  with Progress() as progress:
    progress.show(line.text)

    def on_commit(row: Row, is_new: bool) -> None:
      line.count(row.report, is_new=is_new)
      curves.add(row, is_new=is_new)
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
  search: Search,
  pool: Pool,
  database: Database,
  config: RunConfig,
  finals: Mapping[str, Fitness],
) -> Verification:
  with Progress() as progress:
    return verify(
      search,
      pool,
      database,
      top=config.top,
      references=config.references,
      num_seeds=config.fresh_seeds,
      suites={name: one.suite for name, one in finals.items()},
      num_workers=pool.num_workers,
      show=progress.show,
    )
