"""Scores of activations on lab tasks and on benchmarks, in one form."""

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from harness.core.evidence import Estimate
from harness.reporting import rank_correlation
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import clrs30, images, molecules

LAB = "lab@"  # Suites that searches optimise; others report.

# By activation and seed; NaN of a training that diverged.
Scores = Mapping[str, Mapping[int, float]]


@dataclasses.dataclass(frozen=True)
class Measure:
  """A score of activations, the mean over parts that all of them have.

  Attributes:
    name: on the page.
    parts: by activation, [P]: tasks of a suite, or seeds of a benchmark; NaN
      where a training has no score.
    strata: of the parts, see `rank_correlation.reliability`.
    names: of the parts.
    of_tasks: whether the parts are tasks, with scores in [0, 1]; else they are
      seeds, with scores in %.
    in_mean: whether it is an algorithm of a run that has the mean over them.
    diverged: the share of trainings that did, by activation; none for tasks.
  """

  name: str
  parts: Mapping[str, np.ndarray]
  strata: tuple[str, ...]
  names: tuple[str, ...]
  of_tasks: bool = False
  in_mean: bool = False
  diverged: Mapping[str, str] = dataclasses.field(default_factory=dict)

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
    """That of the parts that all of them have; see `rank_correlation`."""
    parts = np.array([self.parts[name] for name in activations])
    whole = ~np.isnan(parts).any(axis=0)
    strata = np.array(self.strata)[whole]
    return rank_correlation.reliability(parts[:, whole], strata.tolist(), seed)


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
  rho = rank_correlation.correlate([a for a, _ in pairs], [b for _, b in pairs])
  return found._replace(
    correlation=rho and rho.estimate,
    p_value=rho and rho.p_value,
    ceiling=float(np.sqrt(np.prod(known))) if len(known) == 2 else None,
    smallest=rank_correlation.smallest_correlation(len(pairs)),
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
  """Scores in % of all benchmarks.

  Where names meet, each has the label of its run; and so have all algorithms
  if there are several runs on CLRS-30, which differ in network or steps.
  """
  found = [
    (measure, run.label, len(several) > 1 and section is clrs30)
    for section, several in (
      (clrs30, runs.clrs30),
      (images, runs.images),
      (molecules, runs.molecules),
    )
    for run in several
    for measure in _of_run(section.by_benchmark(run))
  ]
  counts = Counter(measure.name for measure, _, _ in found)
  return [
    dataclasses.replace(measure, name=f"{measure.name}, {label}")
    if is_labelled or counts[measure.name] > 1
    else measure
    for measure, label, is_labelled in found
  ]


def _of_run(scores: Mapping[str, Scores]) -> list[Measure]:
  has_mean = any(map(_is_mean, scores))
  return [
    dataclasses.replace(
      _of_seeds(name, by_activation),
      in_mean=has_mean
      and name.startswith(clrs30.PREFIX)
      and not _is_mean(name),
    )
    for name, by_activation in scores.items()
  ]


def _is_mean(benchmark: str) -> bool:
  """True for the mean over algorithms of CLRS-30."""
  return benchmark.startswith(clrs30.MEAN)


def _of_seeds(name: str, scores: Scores) -> Measure:
  """A benchmark; activations of which most trainings diverged have no score."""
  seeds = sorted({seed for by_seed in scores.values() for seed in by_seed})
  missing = {
    activation: sum(map(math.isnan, by_seed.values()))
    for activation, by_seed in scores.items()
  }
  return Measure(
    name,
    {
      activation: np.array([by_seed.get(seed, np.nan) for seed in seeds])
      for activation, by_seed in scores.items()
      if 2 * missing[activation] <= len(by_seed)
    },
    ("",) * len(seeds),
    tuple(map(str, seeds)),
    diverged={
      activation: f"{count} of {len(scores[activation])}"
      for activation, count in missing.items()
      if count
    },
  )


def main_benchmarks(benchmarks: Sequence[Measure]) -> list[Measure]:
  """All but the algorithms of runs that have the mean over them."""
  return [measure for measure in benchmarks if not measure.in_mean]


def on_diverged(benchmarks: Sequence[Measure]) -> str:
  """A sentence on trainings without a score; empty if there are none."""
  listed = [
    f"{measure.name}: {activation} ({count})"
    for measure in benchmarks
    for activation, count in measure.diverged.items()
  ]
  if not listed:
    return ""
  return (
    f"Trainings that diverged have no score: {'; '.join(listed)}. Means are "
    "over the others; an activation of which more than half diverged is left "
    "out. On CLRS-30 the best weights before that count."
  )
