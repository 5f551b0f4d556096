"""Activations with trained parameters against their frozen forms.

  for suite in lab fresh; do
    python -m harness.score --suite=$suite --activations=NAMES \\
      --workdir=results/parameters/$suite
  done
  python -m harness.imagenet --dataset=digits --activations=NAMES \\
    --seeds=0,1,2,3,4,5,6,7,8,9 --workdir=results/parameters/digits
  python -m tests.bench.parameters.spirals
  python -m tests.bench.parameters.gains --output=gains.html

where NAMES are prelu,prelu:layer,prelu:channel and so on. Differences are
paired, by task and seed on suites, and by seed on digits and spirals. Prints
the table, and with --output writes a page of it.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from harness.core import evidence, records
from harness.core.evidence import Estimate, TaskScores
from harness.reporting.document import (
  Column,
  DataTable,
  Figure,
  Page,
  Section,
  Text,
)
from harness.reporting.figures import estimates
from harness.reporting.writers import html, terminal
from tests.bench.parameters.spirals import RECORDS as SPIRALS
from tests.bench.parameters.spirals import names

_DIRECTORY = Path("results/parameters")
_SUITES = ("lab", "fresh")

Gain = Callable[[str], Estimate | None]


def gains() -> dict[str, Gain]:
  """Trained minus frozen by name of the trained, for each place."""
  suites = {suite: partial(of_suite, on_suite(suite)) for suite in _SUITES}
  return {
    **suites,
    "digits": partial(of_seeds, on_digits()),
    "spirals": partial(of_seeds, on_spirals()),
  }


def on_suite(suite: str) -> dict[str, TaskScores]:
  """The scores of all activations on a suite, by name."""
  lines = records.read_jsonl(_DIRECTORY / suite / "scores.jsonl")
  return {
    line["activation"]: TaskScores.of(line["scores_by_seed"], line["families"])
    for line in lines
  }


def on_digits() -> dict[str, dict[int, float]]:
  """The accuracies of trainings that did not diverge, by name and seed."""
  by_name: dict[str, dict[int, float]] = defaultdict(dict)
  for line in records.read_jsonl(_DIRECTORY / "digits" / "scores.jsonl"):
    if line["top1"] is not None:
      by_name[line["activation"]][line["seed"]] = line["top1"]
  return by_name


def on_spirals() -> dict[str, dict[int, float]]:
  """The accuracies of all trainings, by name and seed."""
  return {
    line["activation"]: dict(enumerate(line["accuracies"]))
    for line in records.read_jsonl(SPIRALS)
  }


def of_suite(scores: Mapping[str, TaskScores], name: str) -> Estimate | None:
  """Trained minus frozen; None where one of them is missing."""
  frozen, trained = scores.get(_frozen(name)), scores.get(name)
  if frozen is None or trained is None or not trained.pairs_with(frozen):
    return None
  return evidence.difference(trained, frozen).estimate


def of_seeds(
  scores: Mapping[str, Mapping[int, float]], name: str
) -> Estimate | None:
  """The same, over the seeds that both have."""
  frozen, trained = scores.get(_frozen(name), {}), scores.get(name, {})
  seeds = sorted(frozen.keys() & trained.keys())
  if not seeds:
    return None
  ours, theirs = (
    TaskScores(np.array([[found[seed]] for seed in seeds]))
    for found in (trained, frozen)
  )
  return evidence.difference(ours, theirs).estimate


def section() -> Section:
  """The gains as a table and a picture for each place."""
  found, trained = gains(), [name for name in names() if ":" in name]
  rows = [[name, *(gain(name) for gain in found.values())] for name in trained]
  table = DataTable(
    "parameters_gains",
    "Trained minus frozen, with 95% intervals (Student's t; on suites "
    "stratified over tasks), not adjusted for the number of rows: OOD scores "
    "of suites, accuracies of digits and spirals.",
    [Column("activation"), *(Column(place, signed=True) for place in found)],
    rows,
  )
  figures = []
  for place, gain in found.items():
    shown = {name: each for name in trained if (each := gain(name))}
    drawing = estimates.draw(
      list(shown), list(shown.values()), "trained minus frozen", reference=0.0
    )
    caption = f"{place}: trained minus frozen, with 95% intervals."
    figures.append(Figure(f"parameters_{place}", caption, drawing))
  return Section("Does training help?", [table, *figures])


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--output", type=Path)
  given = parser.parse_args()
  page = Page(
    "Activations with parameters",
    [Text("Parameters of activations, trained or frozen at first values.")],
    [section()],
  )
  terminal.write(page)
  if given.output:
    html.write(page, given.output)


def _frozen(name: str) -> str:
  return name.partition(":")[0]


if __name__ == "__main__":
  main()
