"""Training with ReLU equals upstream's training.

Compared in float64, where rounding is far below the term that Adam divides by.
In float32 some gradients are pure rounding, and Adam's first steps turn them
into updates of full size: upstream's own losses then change in the third digit
with XLA's optimisation level (BUILD_NOTES.md, "CLRS-30").
"""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests import ROOT

ALGORITHMS = ("bfs", "insertion_sort", "naive_string_matcher")


def _run(*arguments: str, **environment: str) -> tuple[np.ndarray, Any]:
  """Losses [steps, ours and theirs], and the scores of both."""
  done = subprocess.run(
    [sys.executable, "-m", "tests.tasks.clrs30.parity", *arguments],
    cwd=ROOT,
    env=os.environ | environment,
    check=True,
    capture_output=True,
    text=True,
  )
  found = json.loads(done.stdout.splitlines()[-1])
  return np.array(found["losses"]), found["scores"]


@pytest.mark.parametrize(
  ("algorithm", "loop"),
  [
    pytest.param("bfs", "long", marks=pytest.mark.slow),
    pytest.param("bfs", "short", marks=pytest.mark.slow),
    pytest.param("insertion_sort", "short", marks=pytest.mark.slow),
    pytest.param("insertion_sort", "long", marks=pytest.mark.slow),
    pytest.param("naive_string_matcher", "short", marks=pytest.mark.slow),
    pytest.param("naive_string_matcher", "long", marks=pytest.mark.slow),
  ],
)
def test_losses_are_upstreams(algorithm: str, loop: str) -> None:
  losses, _ = _run(
    algorithm,
    "16",
    "14" if "matcher" in algorithm else "8",
    loop,
    JAX_ENABLE_X64="1",
  )
  np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_losses_and_scores_agree_at_the_size_of_the_paper(
  algorithm: str,
) -> None:
  losses, scores = _run(
    algorithm, "128", "4,7,11,13,16", "auto", "scores", JAX_ENABLE_X64="1"
  )
  # Encoders stay in float32, as upstream casts what they are given.
  np.testing.assert_allclose(losses[:6, 0], losses[:6, 1], rtol=1e-6)
  np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=2e-3)
  assert scores[0] == pytest.approx(scores[1], rel=1e-5)
  assert len(scores[0]) > 1


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_first_losses_agree_in_single_precision(algorithm: str) -> None:
  losses, _ = _run(algorithm, "16", "4,14", "long")
  np.testing.assert_allclose(losses[:6, 0], losses[:6, 1], rtol=1e-4)
  np.testing.assert_allclose(losses[:, 0], losses[:, 1], rtol=1e-2)
