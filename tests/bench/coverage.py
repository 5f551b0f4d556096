"""Coverage of confidence intervals over tasks, in a population of known truth.

python -m tests.bench.coverage

Scores are shaped as those of the lab: most tasks near 0.9, some near 0, seeds
that vary most between, and differences of two activations with heavy tails,
where a few tasks are solved by one of them only. Takes minutes.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from harness.core import evidence
from harness.core.evidence import SCORES, UNBOUNDED, TaskScores
from harness.core.printed_table import print_table
from tests.bench import clusters

# By family: its tasks among 64, its generators, and its shares of tasks that
# are easy, middling and hopeless.
_FAMILIES = {
  "feynman": (16, 8, (0.75, 0.15, 0.10)),
  "harmonics": (9, 3, (0.20, 0.50, 0.30)),
  "polynomials": (13, 4, (0.85, 0.15, 0.00)),
  "reasoning": (26, 13, (0.35, 0.45, 0.20)),
}
_LEVELS = 8  # Of the effect of a generator, equally likely.
_EFFECTS = stats.norm.ppf((np.arange(_LEVELS) + 0.5) / _LEVELS)
# Standard deviation of the effects on scores and on differences.
MODERATE = (0.12, 0.03)
NO_EFFECTS = (0.0, 0.0)
_RESAMPLES = 1000


class Sample(NamedTuple):
  """An evaluation of two activations, and what it estimates.

  Attributes:
    ours, theirs: scores of tasks.
    generators: of the tasks.
    among_these: mean score and difference over tasks of these generators.
  """

  ours: TaskScores
  theirs: TaskScores
  generators: np.ndarray
  among_these: tuple[float, float]


class Population:
  """Tasks of four families.

  Attributes:
    truth: mean score and mean difference over tasks of any generators.
  """

  def __init__(self, effects: tuple[float, float], num_tasks: int = 1_500_000):
    """Measures the truth.

    Args:
      effects: standard deviations of the effects of generators, see MODERATE.
      num_tasks: of each family, which the truth is measured on.
    """
    self._effects = effects
    rng = np.random.default_rng(0)
    self._means: dict[str, np.ndarray] = {}  # [2, levels, levels]
    for family in _FAMILIES:
      levels = rng.integers(0, _LEVELS, (2, num_tasks))
      scores = self._draw(rng, family, levels, 1)[:, 0]
      cells = levels[0] * _LEVELS + levels[1]
      sums = [
        np.bincount(cells, weights, _LEVELS**2)
        for weights in (scores[0], scores[0] - scores[1])
      ]
      counts = np.bincount(cells, minlength=_LEVELS**2)
      self._means[family] = (np.array(sums) / counts).reshape(
        2, _LEVELS, _LEVELS
      )
    sizes = [size for size, *_ in _FAMILIES.values()]
    over_levels = [m.mean(axis=(1, 2)) for m in self._means.values()]
    truth = np.average(over_levels, axis=0, weights=sizes)
    self.truth = (float(truth[0]), float(truth[1]))

  def sample(self, rng: np.random.Generator, num_seeds: int) -> Sample:
    """64 tasks, all generators of a family with about equally many."""
    parts, families, generators, truths = [], [], [], []
    for family, (size, count, _) in _FAMILIES.items():
      of_generators = rng.integers(0, _LEVELS, (2, count))
      members = np.arange(size) % count
      levels = of_generators[:, members]
      parts.append(self._draw(rng, family, levels, num_seeds))
      families += [family] * size
      generators += [f"{family} {member}" for member in members]
      truths.append(self._means[family][:, levels[0], levels[1]])
    ours, theirs = np.concatenate(parts, axis=2)
    score, difference = np.concatenate(truths, axis=1).mean(axis=1)
    return Sample(
      TaskScores(ours, tuple(families)),
      TaskScores(theirs, tuple(families)),
      np.array(generators),
      (float(score), float(difference)),
    )

  def _draw(
    self,
    rng: np.random.Generator,
    family: str,
    levels: np.ndarray,
    num_seeds: int,
  ) -> np.ndarray:
    """Scores [2, seeds, tasks] of two activations on random tasks."""
    count = levels.shape[1]
    kinds = rng.choice(3, count, p=_FAMILIES[family][2])
    skill = np.choose(
      kinds,
      [
        rng.beta(25, 2.5, count),
        rng.beta(3, 3, count),
        0.3 * rng.beta(1, 8, count),
      ],
    )
    skill = skill + self._effects[0] * _EFFECTS[levels[0]]
    lead = 0.01 + 0.03 * rng.standard_t(3, count)
    lead += (rng.random(count) < 0.06) * rng.exponential(0.3, count)
    lead += self._effects[1] * _EFFECTS[levels[1]]
    ours, theirs = np.clip([skill + lead, skill], *SCORES)
    scale = 0.02 + 0.3 * theirs * (1 - theirs) * rng.random(count)
    shared = rng.normal(size=(num_seeds, count))
    own = rng.normal(size=(2, num_seeds, count))
    noise = scale * (np.sqrt(0.3) * shared + np.sqrt(0.7) * own)
    scores: np.ndarray = np.stack([ours, theirs])[:, None] + noise
    return scores.clip(*SCORES)


Interval = tuple[float, float] | None
Method = Callable[[TaskScores, np.ndarray], Interval]


def over_seeds(scores: TaskScores, _: np.ndarray) -> Interval:
  """Student's t, seeds, as for a fixed set of tasks."""
  return evidence.mean(TaskScores(scores.values)).interval


def one_stratum(scores: TaskScores, _: np.ndarray) -> Interval:
  """Student's t over all tasks alike."""
  alike = ("",) * len(scores.families)
  return evidence.mean(TaskScores(scores.values, alike)).interval


def stratified(scores: TaskScores, _: np.ndarray) -> Interval:
  """The project's own."""
  return evidence.mean(scores).interval


def clustered(scores: TaskScores, generators: np.ndarray) -> Interval:
  """Student's t over generators, within families."""
  by_task = scores.values.mean(axis=0)
  families = [name.split()[0] for name in generators]
  error, freedom = clusters.error(by_task, generators.tolist(), families)
  half = stats.t.ppf(0.975, freedom) * error
  return by_task.mean() - half, by_task.mean() + half


def bootstrap(scores: TaskScores, _: np.ndarray) -> Interval:
  """Percentiles of resampled tasks, within families."""
  rng = np.random.default_rng(0)
  chosen = _resampled(rng, scores.families)
  return _percentiles(scores.values.mean(axis=0)[chosen].mean(axis=1))


def two_way(scores: TaskScores, _: np.ndarray) -> Interval:
  """Percentiles of resampled tasks, and of seeds within each of them."""
  rng = np.random.default_rng(0)
  chosen = _resampled(rng, scores.families)
  num_seeds = len(scores.values)
  seeds = rng.integers(0, num_seeds, (num_seeds, *chosen.shape))
  return _percentiles(scores.values[seeds, chosen].mean(axis=(0, 2)))


def mixed_model(scores: TaskScores, _: np.ndarray) -> Interval:
  """Fixed effects of families, random ones of tasks, by restricted likelihood.

  None for a single seed, which does not identify them.
  """
  from statsmodels.regression.mixed_linear_model import MixedLM

  num_seeds, num_tasks = scores.values.shape
  if num_seeds < 2:
    return None
  _, members = np.unique(scores.families, return_inverse=True)
  dummies = np.eye(members.max() + 1)[members]
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    fitted = MixedLM(
      scores.values.T.ravel(),
      np.repeat(dummies, num_seeds, axis=0),
      groups=np.repeat(np.arange(num_tasks), num_seeds),
    ).fit()
  weights = dummies.mean(axis=0)
  count = len(weights)
  covariance = fitted.cov_params()[:count, :count]
  center = weights @ fitted.fe_params
  half = 1.96 * np.sqrt(weights @ covariance @ weights)
  return center - half, center + half


METHODS: dict[str, Method] = {
  "t, seeds": over_seeds,
  "t, tasks": one_stratum,
  "t, tasks by family": stratified,
  "t, generators": clustered,
  "bootstrap, tasks": bootstrap,
  "bootstrap, both": two_way,
  "mixed model": mixed_model,
}


class Coverage(NamedTuple):
  """The share of intervals that hold the truth, of score and difference.

  Attributes:
    these: where it is about tasks of the generators in the sample.
    any: where it is about tasks of any generators.
    width: mean of the whole intervals.
  """

  these: tuple[float, float]
  any: tuple[float, float]
  width: tuple[float, float]


def measure(
  population: Population,
  num_seeds: int,
  methods: dict[str, Method],
  num_samples: int,
  every: int = 1,
) -> Iterator[tuple[str, Coverage]]:
  """The coverage of each method, on the same samples.

  Args:
    population: of tasks.
    num_seeds: per task.
    methods: by name; those that give no interval are left out.
    num_samples: evaluations.
    every: so many of them a mixed model is fitted to one, which takes long.
  """
  rng = np.random.default_rng(num_seeds)
  samples = [population.sample(rng, num_seeds) for _ in range(num_samples)]
  for name, method in methods.items():
    these, anyone, widths = [], [], []
    slow = method is mixed_model
    for sample in samples[:: every if slow else 1]:
      gains = TaskScores(
        sample.ours.values - sample.theirs.values, sample.ours.families
      )
      found = []
      for scores, bounds in ((sample.ours, SCORES), (gains, UNBOUNDED)):
        interval = method(scores, sample.generators)
        if interval is None:
          break
        found.append(np.clip(interval, *bounds))
      if len(found) < 2:
        break
      ends = np.array(found)
      these.append(_holds(ends, sample.among_these))
      anyone.append(_holds(ends, population.truth))
      widths.append(ends[:, 1] - ends[:, 0])
    if these:
      yield (
        name,
        Coverage(*(tuple(np.mean(a, axis=0)) for a in (these, anyone, widths))),
      )


def main() -> None:
  for effects, words in (
    (NO_EFFECTS, "generators alike"),
    (MODERATE, "generators differ"),
  ):
    population = Population(effects)
    for num_seeds in (1, 2, 4):
      found = measure(population, num_seeds, METHODS, 2000, every=5)
      print_table(
        f"{words}, seeds per task: {num_seeds}. Coverage in % of 95% "
        "intervals, for tasks of these and of any generators, and width, each "
        "of the score and of the difference",
        ("method", "these", "these", "any", "any", "width", "width"),
        [
          (
            name,
            *(f"{100 * share:.1f}" for share in (*c.these, *c.any)),
            *(f"{width:.3f}" for width in c.width),
          )
          for name, c in found
        ],
      )


def _holds(ends: np.ndarray, truth: tuple[float, float]) -> np.ndarray:
  return (ends[:, 0] <= truth) & (truth <= ends[:, 1])


def _resampled(
  rng: np.random.Generator, families: tuple[str, ...]
) -> np.ndarray:
  """Indices of tasks [resamples, tasks], drawn within families."""
  names = np.array(families)
  parts = []
  for family in dict.fromkeys(families):
    members = np.flatnonzero(names == family)
    parts.append(rng.choice(members, (_RESAMPLES, len(members))))
  return np.concatenate(parts, axis=1)


def _percentiles(values: np.ndarray) -> Interval:
  low, high = np.quantile(values, (0.025, 0.975))
  return float(low), float(high)


if __name__ == "__main__":
  main()
