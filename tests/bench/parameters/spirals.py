"""Five-arm spirals: whether learning an activation's parameters shows.

  python -m tests.bench.parameters.spirals [--seeds=20]

The network and its training are those of the mini Act-Bench (tasks/actbench).
Records: results/parameters/spirals.jsonl.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from evolve import activations, candidates
from harness.core import parameters, records, trainable
from harness.core.console import Progress
from harness.core.fitness import Activation
from harness.core.intervals import Mean, ends
from harness.core.printed_table import print_table
from tasks.actbench import training

RECORDS = Path("results/parameters/spirals.jsonl")


def train(activation: Activation, num_seeds: int) -> tuple[np.ndarray, Any]:
  """Test accuracies [S], and the activation's parameters, [S, ...].

  Args:
    activation: after each hidden layer.
    num_seeds: S, of data and networks, trained side by side.
  """

  def one(key: jax.Array) -> tuple[jax.Array, Any]:
    accuracy, params = training.train("spirals", activation, key)
    return accuracy, trainable.of_sites(params)

  keys = jax.random.split(jax.random.PRNGKey(0), num_seeds)
  accuracies, learned = jax.jit(jax.vmap(one))(keys)
  return np.asarray(accuracies), learned


def record(name: str, num_seeds: int) -> dict[str, Any]:
  """The record of a named activation."""
  activation = candidates.resolve(name).activation()
  accuracies, sites = train(activation, num_seeds)
  return {
    "schema_version": records.SCHEMA_VERSION,
    "activation": name,
    "accuracies": [round(a, 4) for a in accuracies.tolist()],
    "parameters": parameters.to_json(trainable.learned(activation, sites)),
  }


def names() -> list[str]:
  """Those with parameters in all three forms, after two without."""
  found = ["relu", "gelu"]
  for name in ("crrelu", *activations.PARAMETRIC):
    found += [name, f"{name}:layer", f"{name}:channel"]
  return found


def show(found: Mapping[str, Mapping[str, Any]]) -> None:
  rows = []
  for name, each in found.items():
    mean = Mean.of(each["accuracies"])
    rows.append((name, f"{mean.value:.3f}", ends(mean.interval)))
  print_table(
    "Five-arm spirals, test accuracy, mean over seeds",
    ("activation", "accuracy", "95% CI"),
    rows,
  )


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--seeds", type=int, default=20)
  given = parser.parse_args()
  found = {}
  with Progress() as progress:
    for name in names():
      progress.show(f"spirals: {name}")
      found[name] = record(name, given.seeds)
  RECORDS.parent.mkdir(parents=True, exist_ok=True)
  records.write_text(
    RECORDS,
    "".join(f"{json.dumps(each)}\n" for each in found.values()),
  )
  show(found)


if __name__ == "__main__":
  main()
