"""Activations with trained parameters against their frozen forms.

  for suite in lab fresh; do
    python -m harness.score --suite=$suite --activations=NAMES \\
      --workdir=results/parameters/$suite
  done
  python -m harness.imagenet --dataset=digits --activations=NAMES \\
    --seeds=0,1,2,3,4,5,6,7,8,9 --workdir=results/parameters/digits
  python -m tests.bench.parameters.gains

where NAMES are prelu,prelu:layer,prelu:channel and so on. Differences are
paired, by task and seed on suites, and by seed on digits.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from harness.core import evidence, records
from harness.core.evidence import Estimate, TaskScores
from harness.core.printed_table import print_table
from tests.bench.parameters.spirals import names

_DIRECTORY = Path("results/parameters")
_SUITES = ("lab", "fresh")


def scores_of(kind: str) -> dict[str, TaskScores]:
  """The scores of all activations on a suite or on digits, by name."""
  lines = records.read_jsonl(_DIRECTORY / kind / "scores.jsonl")
  if kind in _SUITES:
    return {
      line["activation"]: TaskScores.of(
        line["scores_by_seed"], line["families"]
      )
      for line in lines
    }
  by_name: dict[str, dict[int, float]] = defaultdict(dict)
  for line in lines:
    by_name[line["activation"]][line["seed"]] = line["top1"]
  return {
    name: TaskScores(np.array([[s[seed]] for seed in sorted(s)]))
    for name, s in by_name.items()
  }


def gain(scores: Mapping[str, TaskScores], name: str) -> str:
  """Trained minus frozen; a hyphen where one of them is missing."""
  frozen, trained = scores.get(name.partition(":")[0]), scores.get(name)
  if frozen is None or trained is None or not trained.pairs_with(frozen):
    return "-"
  return _text(evidence.difference(trained, frozen).estimate)


def _text(estimate: Estimate) -> str:
  value = f"{estimate.value:+.3f}"
  if estimate.low is None or estimate.high is None:
    return value
  return f"{value} ({estimate.low:+.3f} to {estimate.high:+.3f})"


def main() -> None:
  kinds = (*_SUITES, "digits")
  found = {kind: scores_of(kind) for kind in kinds}
  rows = [
    [name, *(gain(found[kind], name) for kind in kinds)]
    for name in names()
    if ":" in name
  ]
  print_table(
    "Trained minus frozen, 95% intervals (Student's t; stratified over tasks)",
    ["activation", *kinds],
    rows,
  )


if __name__ == "__main__":
  main()
