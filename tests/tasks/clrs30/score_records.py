"""Records of trainings, as scores.jsonl has them."""

from typing import Any


def record(
  algorithm: str,
  activation: str,
  seed: int,
  test_score: float,
  diverged_step: int | None = None,
) -> dict[str, Any]:
  return {
    "algorithm": algorithm,
    "activation": activation,
    "seed": seed,
    "test_score": test_score,
    "val_score": test_score,
    "train_steps": 10_000,
    "seconds": 1.0,
    "sites": "all",
    "processor": "triplet_gmpnn",
    "diverged_step": diverged_step,
  }


RELU = [
  record("minimum", "relu", 0, 0.96),
  record("minimum", "relu", 1, 0.98),
  record("bfs", "relu", 0, 1.0),
  record("bfs", "relu", 1, 1.0),
]
TOO_FEW = (
  "2 seeds are too few to tell a difference from chance: intervals need 3 or "
  "more"
)
LEGEND = [
  "CLRS-30 test micro-F1 in %, mean over seeds; ± is the half-width of the 95%",
  "  confidence interval over seeds (Student's t); an interval cut at 0 or 100 "
  "is",
  "  given as mean +a -b",
]
# Of an unfinished run: a seed of minimum and both of dfs lack a record.
BOTH = [
  *RELU,
  record("dfs", "relu", 0, 0.5),
  record("dfs", "relu", 1, 0.4),
  record("minimum", "sin", 0, 0.9),
  record("bfs", "sin", 0, 0.7, diverged_step=17),
  record("bfs", "sin", 1, 0.8),
]

OWN = [record("mine", "relu", 0, 0.5), record("a_mine", "relu", 0, 0.7)]
