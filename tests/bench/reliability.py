"""Does the lab rank activations reliably, and does every task tell them apart?

  python -m harness.score --activations=all --workdir=runs/full
  python -m harness.score --activations=all --workdir=runs/screen \\
    --steps=S --num_seeds=N --seed=1
  python -m tests.bench.reliability runs/full [runs/screen]

Prints the Spearman correlation between the values from two disjoint halves of
the seeds, averaged over splits, with twins counted once; that between the two
runs; and for each task how far apart it sets the activations.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
from scipy import stats

# Functions so alike that their order is noise; the first of each is counted.
TWINS = (("relu", "leaky_relu", "crrelu"), ("gelu", "gelu_exact"))
_MAX_SPLITS = 500


def read_scores(directory: str) -> dict[str, dict[str, list[float]]]:
  """Scores by seed of every task, for each activation without its twins."""
  skipped = {name for twins in TWINS for name in twins[1:]}
  lines = (Path(directory) / "scores.jsonl").read_text().splitlines()
  records = [json.loads(line) for line in lines]
  return {
    r["activation"]: r["scores_by_seed"]
    for r in records
    if r["status"] == "OK" and r["activation"] not in skipped
  }


def as_array(scores: dict[str, dict[str, list[float]]]) -> np.ndarray:
  """[activations, tasks, seeds]."""
  return np.array([list(tasks.values()) for tasks in scores.values()])


def split_half(values: np.ndarray) -> float:
  """Mean Spearman correlation over splits of seeds; [activations, seeds]."""
  seeds = range(values.shape[1])
  halves = list(itertools.combinations(seeds, len(seeds) // 2))
  order = np.random.default_rng(0).permutation(len(halves))[:_MAX_SPLITS]
  correlations = []
  for half in (halves[i] for i in order):
    rest = [s for s in seeds if s not in half][: len(half)]
    a, b = values[:, list(half)].mean(1), values[:, rest].mean(1)
    correlations.append(stats.spearmanr(a, b).statistic)
  return float(np.mean(correlations))


def print_tasks(scores: dict[str, dict[str, list[float]]]) -> None:
  """The spread of activations on each task, in skill and in standard errors."""
  tasks = list(next(iter(scores.values())))
  table = as_array(scores)
  means = table.mean(axis=2)
  errors = table.std(axis=2, ddof=1) / np.sqrt(table.shape[2])
  print("| task | lowest | median | highest | spread | standard errors |")
  print("|---|---|---|---|---|---|")
  for index, task in enumerate(tasks):
    column = means[:, index]
    low, high = int(column.argmin()), int(column.argmax())
    spread = column[high] - column[low]
    error = float(np.hypot(errors[low, index], errors[high, index]))
    print(
      f"| {task} | {column[low]:.2f} | {np.median(column):.2f} | "
      f"{column[high]:.2f} | {spread:.2f} | {spread / max(error, 1e-9):.0f} |"
    )


def main(full: str, screen: str | None = None) -> None:
  scores = read_scores(full)
  table = as_array(scores)
  values = table.mean(axis=1)
  print(f"{len(scores)} activations, {table.shape[2]} seeds")
  print(f"split-half Spearman: {split_half(values):.3f}")
  if screen:
    cheap = as_array(read_scores(screen)).mean(axis=(1, 2))
    names = list(read_scores(screen))
    wanted = [names.index(name) for name in scores]
    correlation = stats.spearmanr(values.mean(1), cheap[wanted]).statistic
    print(f"Spearman of {screen} with {full}: {correlation:.3f}")
  print_tasks(scores)


if __name__ == "__main__":
  main(*sys.argv[1:])
