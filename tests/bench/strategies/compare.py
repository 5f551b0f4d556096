"""Searches by all strategies at stated budgets, by turns, two at a time.

  python -m tests.bench.strategies.compare

Whenever it is stopped, as many runs of random and of expression are finished,
one more or less; it goes on where it was. What a search prints is in
runs/strategies; finished runs are kept in results/strategies, and by
`python -m tests.bench.strategies.begun` unfinished ones, which it goes on with.
"""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from harness.core import console
from tests.bench.strategies import BEGUN, FIRST, KEPT, RUNS
from tests.bench.strategies.begun import unpack
from tests.bench.strategies.keep import keep

_SPACES = {
  f"{mutator}-{space}": (f"--mutator={mutator}", f"--space={space}")
  for mutator in ("random", "expression")
  for space in ("core_units", "trees")
}
_ARGUMENTS = {
  # By the ablations; see BUILD_NOTES.md.
  "expression": ("--mutator=expression", "--tuning_share=0.25"),
  # The same with more candidates in work than one machine has: see Clusters.
  "lag64": ("--mutator=expression", "--tuning_share=0.25", "--lag=64"),
  **_SPACES,
}


class Planned(NamedTuple):
  """A search to be run."""

  strategy: str
  seed: int
  budget: int

  @property
  def name(self) -> str:
    return f"{self.strategy}-{self.seed}"

  @property
  def command(self) -> list[str]:
    workdir = RUNS / self.name
    if (workdir / "run.json").exists():
      arguments = ["--resume"]
    else:
      arguments = [
        *_ARGUMENTS.get(self.strategy, (f"--mutator={self.strategy}",)),
        f"--budget={self.budget}",
        f"--seed={self.seed}",
        f"--init={FIRST}",
        "--top=3",
        "--fresh_seeds=1",
        "--workers=1",
      ]
    module = [sys.executable, "-m", "harness.search", f"--workdir={workdir}"]
    return [*module, *arguments]


def plan() -> Iterator[Planned]:
  """Four runs each of random and expression by turns, and three of spline.

  Then those of the literature, at a third of the budget, where all compare: a
  candidate of pangaea takes its own program, and so many times as long as
  others.
  """
  for seed, strategy in itertools.product(range(4), ("random", "expression")):
    yield Planned(strategy, seed, 300)
  for seed in range(3):
    yield Planned("spline", seed, 600)
  for strategy in ("entropy", "pangaea", "surrogate", "lag64"):
    for seed in range(3):
      yield Planned(strategy, seed, 100)
  for strategy in _SPACES:
    yield Planned(strategy, 0, 100)


def _run(search: Planned) -> None:
  if (KEPT / search.name / "summary.json").exists():
    return
  unpack(BEGUN / search.name, RUNS / search.name)
  console.say(f"{search.name}, a budget of {search.budget}, begins")
  with (RUNS / f"{search.name}.log").open("a") as log:
    subprocess.run(search.command, check=True, stdout=log, stderr=log)
  keep(RUNS / search.name, KEPT / search.name)
  console.say(f"{search.name} is finished")


def main() -> None:
  RUNS.mkdir(parents=True, exist_ok=True)
  # One worker each: a search waits for its slowest candidates, another doesn't.
  with ThreadPoolExecutor(2) as executor:
    list(executor.map(_run, plan()))


if __name__ == "__main__":
  main()
