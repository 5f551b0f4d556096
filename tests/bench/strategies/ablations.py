"""Variants of the expression search at equal budget, judged on dev tasks.

Two searches run at a time, each with one worker: a search waits for its slowest
candidates, and the other does not. One that was stopped goes on; one that is on
record is left out.
"""

import argparse
import dataclasses
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np

from evolve import candidates
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator, RandomMutator
from evolve.proposers.mixed import MixedProposer
from evolve.proposers.mutator import Mutator, MutatorProposer
from evolve.proposers.proposer import Proposer
from evolve.proposers.tuning.tuner import ConstantTuner
from evolve.search.config import SEARCH_FITNESS, SearchConfig
from evolve.search.database import Database
from evolve.search.niches import Niches
from evolve.search.racing import Races
from evolve.search.search import Search
from evolve.workers.cascade import Cascade
from evolve.workers.jobs import EvaluateJob, ProbeJob, Tabulated, TrainJob
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.fitness import Report
from harness.core.printed_table import print_table
from tasks import selection
from tasks.lab.fitness import FULL, LabFitness, screen_for
from tasks.lab.generator import Stream
from tasks.lab.suites import Suite
from tests.bench.strategies import FIRST

_RECORDS = Path("results/strategies/ablations.jsonl")
_UNFINISHED = Path("runs/ablations")
_DEV = LabFitness(Suite(Stream.DEV, 128, 1))
_DEV_SEED = 77
_RACES = Races(num_draws=2)
_TUNING_EVALUATIONS = 24
# How many of the best are judged.
_TOP = 3


@dataclasses.dataclass(frozen=True)
class Variant:
  """A way to search.

  Attributes:
    changes: to the settings of the base.
    mutator: writes its candidates.
    tuning_share: of the slots, for the constants of the best programs.
  """

  changes: dict[str, Any] = dataclasses.field(default_factory=dict)
  mutator: Mutator = dataclasses.field(default_factory=ExpressionMutator)
  tuning_share: float = 0.0

  def proposer(self, num_zero: int) -> Proposer:
    """Writes its candidates, after those of generation zero."""
    mutator = MutatorProposer(self.mutator)
    if not self.tuning_share:
      return mutator
    tuner = ConstantTuner(mutator, _TUNING_EVALUATIONS)
    return MixedProposer(tuner, mutator, self.tuning_share, num_zero)


VARIANTS = {
  "base": Variant(),
  "random": Variant(mutator=RandomMutator()),
  "no races": Variant({"races": Races(0)}),
  "races of width 2": Variant({"races": Races(num_draws=2, width=2.0)}),
  "niches of profile": Variant({"niches": Niches.PROFILE}),
  "niches of both": Variant({"niches": Niches.BOTH}),
  "one island": Variant({"num_islands": 1}),
  "one island, niches of profile": Variant(
    {"num_islands": 1, "niches": Niches.PROFILE}
  ),
  "screen stops three quarters": Variant({"screen_quantile": 0.75}),
  "more crossover": Variant(mutator=ExpressionMutator(crossover_rate=0.6)),
  "a third trains, by prediction": Variant({"trained_share": 1 / 3}),
  "a quarter tunes": Variant(tuning_share=0.25),
  "half tunes": Variant(tuning_share=0.5),
  "a quarter tunes, one island": Variant({"num_islands": 1}, tuning_share=0.25),
}


def _config(variant: Variant, seed: int, budget: float) -> SearchConfig:
  base = SearchConfig(
    seed=seed,
    evaluations=None,
    full=FULL,
    screen=screen_for(FULL),
    budget=budget,
    races=_RACES,
  )
  return dataclasses.replace(base, **variant.changes)


def _search(
  name: str, seed: int, budget: float, zero: list[Program], pool: WorkerPool
) -> dict[str, Any]:
  """Runs one search to its end; its record."""
  folder = _UNFINISHED / f"{name.replace(' ', '-')}-{budget:g}-{seed}"
  folder.mkdir(parents=True, exist_ok=True)
  database = Database(folder / "programs.sqlite")
  start, variant = time.monotonic(), VARIANTS[name]
  config = _config(variant, seed, budget)
  search = Search(config, zero, variant.proposer(len(zero)), pool, database)
  console.say(f"{name}, seed {seed}, begins")
  search.run()
  console.say(f"{name}, seed {seed}, is finished")
  record = {
    "variant": name,
    "seed": seed,
    "budget": budget,
    "spent": search.spent,
    "candidates": search.committed,
    "deviation": search.history.noise.deviation,
    "seconds": time.monotonic() - start,
    "best": [
      _judged(elite.source, database.report(elite.program_id), search, pool)
      for elite in search.archive.elites()[:_TOP]
    ],
  }
  database.close()
  return record


def _judged(
  source: str, report: Report, search: Search, pool: WorkerPool
) -> dict[str, Any]:
  """A function that a search found, and its value on dev tasks."""
  on_dev = _on_dev(Program(source), pool)
  return {
    "source": source,
    "search_value": search.history.noise.estimate(report),
    "draws": 1 + len(report.further),
    "dev_value": on_dev.value,
    "dev_skill": on_dev.mean_skill,
  }


def _on_dev(program: Program, pool: WorkerPool) -> Report:
  """By table, as in the search, where there is one."""
  cascade = Cascade.single("dev", _DEV_SEED, FULL)
  probe = pool.call(ProbeJob(program, Admission()))
  if isinstance(probe, Probe) and probe.table:
    batch = [Tabulated(program.id, probe.table)]
    ((report,),) = pool.call(TrainJob(batch, cascade))
  else:
    (report,) = pool.call(EvaluateJob(program, cascade))
  return report


def _run(name: str, seed: int, budget: float) -> dict[str, Any]:
  """A search in a process of its own."""
  lab = LabFitness()
  lab.load()
  further = [selection.later_draw(lab, i + 1) for i in range(_RACES.num_draws)]
  fitnesses = {
    SEARCH_FITNESS: lab,
    "dev": _DEV,
    **dict(zip(_RACES.fitnesses, further, strict=True)),
  }
  programs = candidates.generation_zero(FIRST.split(","))
  zero = [program for _, program in programs]
  with WorkerPool(fitnesses, num_workers=1, tables=True) as pool:
    return _search(name, seed, budget, zero, pool)


def run(names: list[str], seeds: list[int], budget: float) -> None:
  """Runs what is not on record yet, a seed of all variants after the other."""
  _RECORDS.parent.mkdir(parents=True, exist_ok=True)
  done = {
    (r["variant"], r["seed"], r["budget"]) for r in records.read_jsonl(_RECORDS)
  }
  left = [
    (name, seed, budget)
    for seed in seeds
    for name in names
    if (name, seed, budget) not in done
  ]
  with ProcessPoolExecutor(
    2, multiprocessing.get_context("spawn"), max_tasks_per_child=1
  ) as executor:
    for future in as_completed([executor.submit(_run, *one) for one in left]):
      records.append_jsonl(_RECORDS, future.result())


def show() -> None:
  """Prints what the variants found, the best variant first.

  The mean over runs of the same seeds, as seeds differ in their luck.
  """
  found = list(records.read_jsonl(_RECORDS))
  by_variant: dict[str, list[dict[str, Any]]] = {}
  for record in found:
    by_variant.setdefault(record["variant"], []).append(record)
  rows = [
    (
      name,
      ", ".join(str(r["seed"]) for r in runs),
      *(f"{x:.4f}" for x in np.mean([_measures(r) for r in runs], axis=0)),
      f"{np.mean([r['candidates'] for r in runs]):.0f}",
    )
    for name, runs in by_variant.items()
  ]
  print_table(
    "Mean over runs",
    ("variant", "seeds", "best on dev", "best 3 on dev", "in search", "tried"),
    sorted(rows, key=lambda row: row[2], reverse=True),
  )


def _measures(record: dict[str, Any]) -> tuple[float, ...]:
  """Of a run: dev value of its best, of its best three, and search value."""
  best = record["best"]
  on_dev = [one["dev_value"] for one in best]
  return on_dev[0], float(np.mean(on_dev)), best[0]["search_value"]


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--budget", type=float, default=200)
  parser.add_argument("--seeds", default="0,1")
  parser.add_argument("--variants", default=",".join(VARIANTS))
  given = parser.parse_args()
  run(
    given.variants.split(","),
    [int(seed) for seed in given.seeds.split(",")],
    given.budget,
  )
  show()


if __name__ == "__main__":
  main()
