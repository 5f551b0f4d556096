"""Rules that make a value of the skills on tasks, for comparison.

A rule is a score for each task, and weights of the families.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from evolve import activations
from tests.bench.instrument.panel import Panel

FLOOR = 0.005  # Of 1 - skill, below which a logarithm sees no progress.

EQUAL = {"reasoning": 1.0, "polynomials": 1.0, "feynman": 1.0, "harmonics": 1.0}


def mean_skill(panel: Panel) -> np.ndarray:
  """[F, T], in [0, 1]."""
  return panel.mean_skills


def log_skill(panel: Panel) -> np.ndarray:
  """-log(1 - skill), scaled into [0, 1]; [F, T]."""
  logs = np.log(np.maximum(1 - panel.skills, FLOOR)) / np.log(FLOOR)
  return np.asarray(logs.mean(axis=2))


def root_skill(panel: Panel) -> np.ndarray:
  """1 - sqrt(1 - skill), of errors instead of their squares; [F, T]."""
  return np.asarray((1 - np.sqrt(1 - panel.skills)).mean(axis=2))


def standardised(panel: Panel) -> np.ndarray:
  """In standard deviations of the named activations; [F, T]."""
  skills = panel.mean_skills
  named = skills[_named(panel)]
  return np.asarray((skills - named.mean(0)) / np.maximum(named.std(0), 0.02))


def ranks(panel: Panel) -> np.ndarray:
  """The share of the named activations that a function beats; [F, T]."""
  skills = panel.mean_skills
  named = skills[_named(panel)]
  wins = (skills[:, None] > named).mean(1)
  ties = (skills[:, None] == named).mean(1)
  return np.asarray(wins + ties / 2)


def _named(panel: Panel) -> np.ndarray:
  return np.array([name in activations.names() for name in panel.functions])


SCORES: Mapping[str, Callable[[Panel], np.ndarray]] = {
  "mean skill": mean_skill,
  "1 - sqrt(1 - skill)": root_skill,
  "log skill": log_skill,
  "standardised": standardised,
  "ranks": ranks,
}


@dataclasses.dataclass(frozen=True)
class Rule:
  """A way to make values.

  Attributes:
    score: one of SCORES.
    weights: of families; None for that of their numbers of tasks.
  """

  score: str
  weights: Mapping[str, float] | None = None

  def by_family(self, panel: Panel) -> dict[str, np.ndarray]:
    """The mean score over the tasks of each family, [F]."""
    scores = SCORES[self.score](panel)
    return {
      family: scores[:, panel.families == family].mean(axis=1)
      for family in np.unique(panel.families)
    }

  def values(self, panel: Panel) -> np.ndarray:
    """[F]; families without a weight share what the others average."""
    means = self.by_family(panel)
    if self.weights is None:
      return np.asarray(SCORES[self.score](panel).mean(axis=1))
    usual = float(np.mean(list(self.weights.values())))
    weights = np.array([self.weights.get(f, usual) for f in means])
    return np.average(list(means.values()), axis=0, weights=weights)
