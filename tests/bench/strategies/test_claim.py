"""The verdicts of a claim, on scores with a known difference."""

from pathlib import Path

import numpy as np
import pytest

from evolve import found
from harness.core.comparisons import compare
from harness.core.errors import UserError
from harness.core.evidence import TaskScores
from tests.bench.strategies import claim

FAMILIES = ("a",) * 64 + ("b",) * 64


def _pair(lead: float) -> tuple[TaskScores, TaskScores]:
  """Scores whose difference has a standard error of about 0.002."""
  rng = np.random.default_rng(0)
  theirs = rng.uniform(size=(1, 128))
  noise = rng.normal(size=(1, 128))
  ours = theirs + lead + 0.02 * (noise - noise.mean())
  return TaskScores(ours, FAMILIES), TaskScores(theirs, FAMILIES)


def test_only_a_clear_lead_is_better() -> None:
  compared = compare({str(lead): _pair(lead) for lead in (0.02, 0.001, -0.02)})
  assert {k: claim.is_better(x) for k, x in compared.items()} == {
    "0.02": True, "0.001": False, "-0.02": False,
  }  # fmt: skip


def test_within_the_margin_is_non_inferior() -> None:
  pairs = {str(lead): _pair(lead) for lead in (0.02, -0.01, -0.018, -0.05)}
  compared = claim.above_margin(pairs)
  assert {k: claim.is_above(x) for k, x in compared.items()} == {
    "0.02": True, "-0.01": True, "-0.018": False, "-0.05": False,
  }  # fmt: skip


def test_only_a_committed_function_is_tested(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  with pytest.raises(UserError, match="no function bent"):
    claim.check_committed("bent")
  (tmp_path / "bent.py").write_text("def activation(x):\n  return x\n")
  monkeypatch.setattr(found, "__path__", [str(tmp_path)])
  with pytest.raises(UserError, match="is not committed"):
    claim.check_committed("bent")
