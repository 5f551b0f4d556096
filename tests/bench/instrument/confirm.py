"""The bars of the instrument, on the half of the pool that chose nothing.

  python -m tests.bench.instrument.confirm

Prints each correlation with its interval, its bar, and the ceiling that the
reliability of both sides sets.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.core import console
from harness.core.fitness import Fidelity
from harness.core.printed_table import print_table
from tasks.lab.fitness import FULL, screen_for
from tests.bench.instrument import measure
from tests.bench.instrument.choose import generators
from tests.bench.instrument.panel import (
  Panel,
  better_half,
  shared,
  spearman,
  with_interval,
)
from tests.bench.instrument.rules import Rule

LAB, FRESH, HELDOUT = "lab@2/64/0", "fresh@2/128/0", "heldout@2/64/0"
DEV = "dev@2/64/0"  # Says which functions are the better half.
RULE = Rule("log skill")  # As chosen on dev; see BUILD_NOTES.md.


@dataclasses.dataclass(frozen=True)
class Streams:
  """The panels of the confirmation half, of the same functions."""

  lab: Panel
  fresh: Panel
  heldout: Panel
  dev: Panel
  screen: Panel
  other_seed: Panel

  @classmethod
  def read(cls) -> "Streams":
    full = [_panel(suite) for suite in (LAB, FRESH, HELDOUT, DEV)]
    screen = _panel(LAB, seed=1, fidelity=screen_for(FULL))
    return cls(*shared(*full, screen, _panel(LAB, seed=1)))


def _panel(suite: str, seed: int = 0, fidelity: Fidelity = FULL) -> Panel:
  return Panel.read(
    suite, measure.name_of(suite, "confirmation", seed, fidelity)
  )


def rows(streams: Streams) -> Iterator[list[str]]:
  """Each comparison, its correlation with interval, its bar and its ceiling."""
  best = better_half(RULE.values(streams.dev))
  lab, fresh, heldout = streams.lab, streams.fresh, streams.heldout
  for what, a, b, bars in (
    ("lab, fresh", lab, fresh, (0.95, 0.90)),
    ("lab, heldout", lab, heldout, (0.80, 0.60)),
  ):
    for which, chosen, bar in zip(
      ("all", "better half"), (slice(None), best), bars, strict=True
    ):
      yield _row(f"{what}: {which}", a, b, chosen, bar)
  for what, other, bar in (("fresh", fresh, 0.90), ("heldout", heldout, 0.60)):
    yield _row(
      f"reasoning of lab, {what}: all", _reasoning(lab), _reasoning(other),
      slice(None), bar,
    )  # fmt: skip
  for which, chosen, bars in (
    ("all", slice(None), (0.95, 0.85)),
    ("better half", best, (0.85, 0.60)),
  ):
    seeds = (lab, streams.other_seed)
    yield _row(f"two seeds of lab: {which}", *seeds, chosen, bars[0])
    yield _row(f"screen, full: {which}", streams.screen, lab, chosen, bars[1])


def _row(what: str, a: Panel, b: Panel, chosen: Any, bar: float) -> list[str]:
  found = with_interval(RULE.values(a)[chosen], RULE.values(b)[chosen])
  ceiling = np.sqrt(_reliability(a, chosen) * _reliability(b, chosen))
  return [
    what,
    f"{found[0]:.3f} ({found[1]:.3f} to {found[2]:.3f})",
    f"{bar:.2f}",
    f"{ceiling:.3f}",
  ]


def _reliability(panel: Panel, chosen: Any) -> float:
  """Spearman and Brown's, from halves of the tasks."""
  first, second = (RULE.values(half)[chosen] for half in panel.halves())
  once = max(0.0, spearman(first, second))
  return 2 * once / (1 + once)


def _reasoning(panel: Panel) -> Panel:
  return panel.only(panel.families == "reasoning")


def print_families(streams: Streams) -> None:
  """Prints how families of the lab rank functions, and held-out ones do."""
  best = better_half(RULE.values(streams.dev))
  ours, theirs = (RULE.by_family(s) for s in (streams.lab, streams.heldout))
  print_table(
    "Spearman of family means: all, better half",
    ["held-out", "value of lab", *ours],
    [
      [
        family,
        *(
          f"{spearman(own, mean):.2f}, {spearman(own[best], mean[best]):.2f}"
          for own in (RULE.values(streams.lab), *ours.values())
        ),
      ]
      for family, mean in theirs.items()
    ],
  )


if __name__ == "__main__":
  streams = Streams.read()
  print_table(
    f"{len(streams.lab.functions)} functions that chose nothing, {FULL}; "
    "Spearman with 95% bootstrap intervals over functions",
    ["values", "Spearman", "bar", "ceiling"],
    list(rows(streams)),
  )
  print_families(streams)
  against = [g for g in generators(streams.lab) if g[2] < 0]
  console.say(
    "generators of the lab against the rest of their family: "
    + (
      ", ".join(f"{name} {rest:.2f}" for name, _, rest, *_ in against) or "none"
    )
  )
