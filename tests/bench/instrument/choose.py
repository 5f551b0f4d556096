"""The rule that makes a value: what draws of the dev streams say about each.

  python -m tests.bench.instrument.choose

Looks at half of the pool, at two halves of a dev draw, and at the generators
of dev_heldout, which heldout@2 does not have.
"""

import itertools

import numpy as np

from harness.core import console
from harness.core.fitness import Fidelity
from harness.core.printed_table import print_table
from tests.bench.instrument import measure
from tests.bench.instrument.panel import (
  Panel,
  better_half,
  shared,
  spearman,
)
from tests.bench.instrument.rules import SCORES, Rule

_FIDELITY = Fidelity(400, 2)
DEV, DEV_HELDOUT = "dev@2/128/0", "dev_heldout@2/32/0"
WEIGHTS = {
  "by tasks": None,
  "reasoning 1/3": {
    "reasoning": 3,
    "polynomials": 2,
    "feynman": 2,
    "harmonics": 2,
  },
  "reasoning 1/2": {
    "reasoning": 3,
    "polynomials": 1,
    "feynman": 1,
    "harmonics": 1,
  },
  "few harmonics": {
    "reasoning": 4,
    "polynomials": 2,
    "feynman": 3,
    "harmonics": 1,
  },
}


def panels() -> list[Panel]:
  """dev-a, dev-b and dev_heldout, of the same functions."""
  dev, heldout = (
    Panel.read(suite, measure.name_of(suite, "choice", 0, _FIDELITY))
    for suite in (DEV, DEV_HELDOUT)
  )
  return shared(*dev.halves(), heldout)


def compare() -> None:
  """Prints a row for each rule."""
  first, second, heldout = panels()
  rows = []
  for score, weights in itertools.product(SCORES, WEIGHTS):
    rule = Rule(score, WEIGHTS[weights])
    a, b, h = (rule.values(p) for p in (first, second, heldout))
    best = better_half(a)
    families = rule.by_family(first)
    rows.append(
      [
        f"{score}, {weights}",
        f"{spearman(a, b):.3f}",
        f"{spearman(a[best], b[best]):.3f}",
        f"{spearman(a, h):.3f}",
        f"{spearman(a[best], h[best]):.3f}",
        *(f"{spearman(means, a):.2f}" for means in families.values()),
      ]
    )
  print_table(
    f"{len(first.functions)} functions, Spearman of values",
    [
      "rule", "dev-a, dev-b", "better half", "dev_heldout", "better half",
      *Rule("mean skill").by_family(first),
    ],
    rows,
  )  # fmt: skip
  agreement(first, second, heldout)


def agreement(first: Panel, second: Panel, heldout: Panel) -> None:
  """Prints the correlations of families, and of generators with the rest."""
  rule = Rule("mean skill")
  ours, again = (rule.by_family(p) for p in (first, second))
  other = rule.by_family(heldout)
  columns = {**{f"{f}, dev-b": v for f, v in again.items()}, **other}
  print_table(
    "Spearman of family means",
    ["dev-a", *columns],
    [
      [family, *(f"{spearman(mean, c):.2f}" for c in columns.values())]
      for family, mean in ours.items()
    ],
  )
  for panel in (first, second, heldout):
    rows = [
      [generator, family, f"{own:.2f}", f"{repeats:.2f}", f"{spread:.2f}"]
      for generator, family, own, repeats, spread in generators(panel)
    ]
    print_table(
      "Generators: with the rest of the family; over seeds; spread",
      ["generator", "family", "rest", "seeds", "spread"],
      rows,
    )


def generators(panel: Panel) -> list[tuple[str, str, float, float, float]]:
  """Each generator's correlation with its family's rest, and over seeds."""
  found = []
  skills = panel.mean_skills
  for generator in np.unique(panel.generators):
    own = panel.generators == generator
    family = str(panel.families[own][0])
    rest = (panel.families == family) & ~own
    mean = skills[:, own].mean(axis=1)
    by_seed = panel.skills[:, own].mean(axis=1)
    found.append(
      (
        str(generator),
        family,
        spearman(mean, skills[:, rest].mean(axis=1)) if rest.any() else np.nan,
        spearman(by_seed[:, 0], by_seed[:, -1]),
        float(mean.max() - mean.min()),
      )
    )
  return sorted(found, key=lambda row: (row[1], row[2]))


if __name__ == "__main__":
  compare()
  console.say("")
