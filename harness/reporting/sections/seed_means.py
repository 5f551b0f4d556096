"""Scores of a benchmark's trainings in %, by activation and over seeds."""

import math
from collections import Counter, defaultdict

from harness.core.evidence import Estimate
from harness.reporting import statistics
from harness.reporting.document import Block, Text
from harness.reporting.runs.validation_run import ValidationRun


def means(run: ValidationRun, field: str) -> dict[str, Estimate]:
  """Means over the trainings that did not diverge, by activation."""
  found = defaultdict(list)
  for score in run.scores:
    if score[field] is not None:
      found[score["activation"]].append(score[field])
  return {n: _percent(statistics.mean_score(s)) for n, s in found.items()}


def num_seeds(run: ValidationRun, field: str) -> Counter[str]:
  """The trainings that did not diverge, by activation."""
  return Counter(
    score["activation"] for score in run.scores if score[field] is not None
  )


def by_seed(run: ValidationRun, field: str) -> dict[str, dict[int, float]]:
  """The score in % of each training; NaN if it diverged."""
  found: dict[str, dict[int, float]] = {}
  for score in run.scores:
    own = found.setdefault(score["activation"], {})
    own[score["seed"]] = (
      math.nan if score[field] is None else 100 * score[field]
    )
  return found


def diverged(run: ValidationRun, field: str) -> list[Block]:
  """A sentence on the trainings that diverged, if there are any."""
  listed = ", ".join(
    f"{s['activation']}, seed {s['seed']}"
    for s in run.scores
    if s[field] is None
  )
  return [Text(f"Diverged: {listed}.")] if listed else []


def _percent(share: Estimate) -> Estimate:
  value, low, high = share
  return Estimate(100 * value, low and 100 * low, high and 100 * high)
