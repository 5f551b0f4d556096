"""Scores of activations on lab tasks and on benchmarks, in one form."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from harness.core.evidence import Estimate
from harness.reporting import statistics
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import clrs30, images, molecules

LAB = "lab@"  # Suites that searches optimise; others report.


@dataclasses.dataclass(frozen=True)
class Measure:
  """A score of activations, the mean over parts that all of them have.

  Attributes:
    name: on the page.
    parts: by activation, [P]: tasks of a suite, or seeds of a benchmark; NaN
      where a training has no score.
    strata: of the parts, see `statistics.reliability`.
    names: of the parts.
    of_tasks: whether the parts are tasks, with scores in [0, 1]; else they are
      seeds, with scores in %.
  """

  name: str
  parts: Mapping[str, np.ndarray]
  strata: tuple[str, ...]
  names: tuple[str, ...]
  of_tasks: bool = False

  @property
  def perfect(self) -> float:
    """The highest score."""
    return 1.0 if self.of_tasks else 100.0

  def value(self, activation: str) -> float:
    """The mean over the parts that the activation has."""
    return float(np.nanmean(self.parts[activation]))

  def only(self, name: str, chosen: np.ndarray) -> "Measure":
    """The measure of some parts, given by a mask [P]."""
    return Measure(
      name,
      {activation: parts[chosen] for activation, parts in self.parts.items()},
      tuple(np.array(self.strata)[chosen]),
      tuple(np.array(self.names)[chosen]),
      self.of_tasks,
    )

  def families(self) -> list["Measure"]:
    """A measure for each stratum, if there are several."""
    groups, strata = sorted(set(self.strata)), np.array(self.strata)
    if len(groups) == 1:
      return []
    return [self.only(f"{self.name}, {g}", strata == g) for g in groups]

  def reliability(self, activations: Sequence[str], seed: int) -> float | None:
    """See `statistics.reliability`; of the parts that all of them have."""
    parts = np.array([self.parts[name] for name in activations])
    whole = ~np.isnan(parts).any(axis=0)
    strata = np.array(self.strata)[whole]
    return statistics.reliability(parts[:, whole], strata.tolist(), seed)


class Relation(NamedTuple):
  """The rank correlation of a benchmark with tasks, over activations.

  Attributes:
    benchmark: one side.
    tasks: the other side.
    activations: that both have.
    correlation: Spearman's; None if it can't be said.
    p_value: of no relation; None without a correlation.
    ceiling: the highest correlation that the reliability of both sides lets
      one expect; None where a side has a single part.
    smallest: the smallest correlation that is told from none.
  """

  benchmark: Measure
  tasks: Measure
  activations: tuple[str, ...]
  correlation: Estimate | None
  p_value: float | None
  ceiling: float | None
  smallest: float | None

  @property
  def pairs(self) -> list[tuple[float, float]]:
    """Values on the tasks with scores on the benchmark."""
    return [
      (self.tasks.value(name), self.benchmark.value(name))
      for name in self.activations
    ]


def relate(benchmark: Measure, tasks: Measure, seed: int) -> Relation:
  """Correlates two measures over the activations that both have.

  Args:
    benchmark: one side.
    tasks: the other side.
    seed: keys the halves.
  """
  shared = tuple(name for name in tasks.parts if name in benchmark.parts)
  found = Relation(benchmark, tasks, shared, None, None, None, None)
  pairs = found.pairs
  reliabilities = [m.reliability(shared, seed) for m in (benchmark, tasks)]
  known = [r for r in reliabilities if r is not None]
  rho = statistics.rank_correlation(
    [a for a, _ in pairs], [b for _, b in pairs]
  )
  return found._replace(
    correlation=rho and rho.estimate,
    p_value=rho and rho.p_value,
    ceiling=float(np.sqrt(np.prod(known))) if len(known) == 2 else None,
    smallest=statistics.smallest_correlation(len(pairs)),
  )


def sources(labs: Sequence[LabRun]) -> list[LabRun]:
  """Of each stream the run with the most work in it, the lab's first."""
  found: dict[str, LabRun] = {}
  for run in labs:
    stream = run.suite.partition("@")[0]
    if any(score.skills for score in run.scores):
      found[stream] = max(found.get(stream, run), run, key=_work)
  return sorted(found.values(), key=lambda run: not run.suite.startswith(LAB))


def _work(run: LabRun) -> tuple[int, int]:
  return len(run.scores), run.fidelity.steps * run.fidelity.num_seeds


def of_lab(run: LabRun) -> Measure:
  """Values on the suite of a run, the means over its tasks."""
  skills = {s.activation: s.skills for s in run.scores if s.skills}
  first = next(iter(skills.values()))
  return Measure(
    run.suite,
    {
      name: found.values.mean(axis=0)
      for name, found in skills.items()
      if found.names == first.names
    },
    first.families or ("",) * len(first.names),
    first.names,
    of_tasks=True,
  )


def of_benchmarks(runs: Runs) -> list[Measure]:
  """Scores in % of all benchmarks; a name that repeats gets its run's."""
  found: dict[str, Measure] = {}
  for section, several in (
    (clrs30, runs.clrs30),
    (images, runs.images),
    (molecules, runs.molecules),
  ):
    for run in several:
      for name, scores in section.by_benchmark(run).items():
        unique = f"{name}, {run.label}" if name in found else name
        found[unique] = _of_seeds(unique, scores)
  return list(found.values())


def _of_seeds(name: str, scores: Mapping[str, Mapping[int, float]]) -> Measure:
  seeds = sorted({seed for by_seed in scores.values() for seed in by_seed})
  return Measure(
    name,
    {
      activation: np.array([by_seed.get(seed, np.nan) for seed in seeds])
      for activation, by_seed in scores.items()
    },
    ("",) * len(seeds),
    tuple(map(str, seeds)),
  )


def main_benchmarks(benchmarks: Sequence[Measure]) -> Iterator[Measure]:
  """All but the algorithms that a mean is over."""
  averaged = {
    _run_of(measure.name) for measure in benchmarks if is_mean(measure.name)
  }
  for measure in benchmarks:
    if not (is_algorithm(measure.name) and _run_of(measure.name) in averaged):
      yield measure


def _run_of(benchmark: str) -> str:
  """The label of the run in a name that would repeat; else empty."""
  return benchmark.partition(", ")[2]


def is_mean(benchmark: str) -> bool:
  """True for the mean over algorithms of CLRS-30."""
  return benchmark.startswith(clrs30.MEAN)


def is_algorithm(benchmark: str) -> bool:
  """True for a single algorithm of CLRS-30."""
  return benchmark.startswith(clrs30.PREFIX) and not is_mean(benchmark)
