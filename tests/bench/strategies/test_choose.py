"""The choice of a winner, on scores with known leads."""

from typing import Any

import numpy as np
import pytest

from harness.core.evidence import TaskScores
from tests.bench.strategies import choose
from tests.bench.strategies.claim import RIVALS

FAMILIES = ("a",) * 32 + ("b",) * 32
TASKS = [f"t{i:02d}" for i in range(64)]


def _scores(lead: float, seed: int) -> np.ndarray:
  """Scores above a rival's by a lead, with noise of 0.02 for each task."""
  rival = np.random.default_rng(0).uniform(0.3, 0.6, size=64)
  noise = np.random.default_rng(seed).normal(size=64)
  scores: np.ndarray = rival + lead + 0.02 * (noise - noise.mean())
  return scores


def _record(lead: float, seed: int) -> dict[str, Any]:
  values = dict(zip(TASKS, _scores(lead, seed).tolist(), strict=True))
  return {
    "scores_by_seed": {task: [value] for task, value in values.items()},
    "ood_skills": values,
    "families": dict(zip(TASKS, FAMILIES, strict=True)),
  }


def test_a_lead_is_over_the_rival_that_is_closest() -> None:
  ours = TaskScores(_scores(0.02, 1)[None], FAMILIES)
  rivals = {
    str(lead): TaskScores(_scores(lead, 2)[None], FAMILIES)
    for lead in (0.0, 0.03)
  }
  assert choose.smallest_lead(ours, rivals) < 0
  # Noise of two is 0.028, so half an interval is 0.028 * 2 / 8.
  del rivals["0.03"]
  assert choose.smallest_lead(ours, rivals) == pytest.approx(2.8, rel=0.3)
  assert choose.smallest_lead(ours, rivals, margin=0.02) == pytest.approx(
    2 * choose.smallest_lead(ours, rivals)
  )


def test_the_weaker_of_both_leads_decides() -> None:
  rivals = {rival: _record(0.0, 9) for rival in RIVALS}
  dev = rivals | {"high": _record(0.05, 1), "even": _record(0.02, 2)}
  heldout = rivals | {"high": _record(-0.03, 3), "even": _record(0.0, 4)}
  found = choose.rank(dev, heldout, ["high", "even"])
  assert list(found) == ["even", "high"]
  assert found["high"][0] > found["even"][0] > 0 > found["high"][1]


def test_winners_are_those_of_formula_searches() -> None:
  names = choose.winners()
  assert "results/strategies/random-0/best.py" in names
  assert not [n for n in names if "spline" in n or "core_units" in n]
