"""Does the entropy of an activation's outputs predict its value?

  python -m tests.bench.instrument.entropy

Spearman's correlation of three entropies with values, over the half of the pool
that chose nothing, and a drawing: results/instrument/entropy.svg. By the theory
of arXiv 2405.12954 it is negative: less entropy, better networks.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from evolve import entropy, language
from harness.core import console
from harness.core.fitness import Activation
from harness.core.printed_table import print_table
from harness.reporting.figures import style
from tasks.lab.fitness import FULL
from tests.bench.instrument import measure, pool
from tests.bench.instrument.confirm import FRESH, HELDOUT, LAB, RULE
from tests.bench.instrument.panel import Panel, with_interval

_FIGURE = Path("results/instrument/entropy.svg")
_NUM_INPUTS = 100_000
_BIN = 0.05  # Standard deviations of the output.


def of_outputs(activation: Activation) -> float:
  """The entropy of outputs, in units of their standard deviation, in nats.

  Counted in bins, so that it is also known of what does not increase.
  """
  inputs = stats.norm.ppf((np.arange(_NUM_INPUTS) + 0.5) / _NUM_INPUTS)
  outputs = np.asarray(activation(inputs.astype(np.float32)))
  spread = outputs.std()
  if not (np.isfinite(spread) and spread > 0):
    return -math.inf
  _, counts = np.unique(np.floor(outputs / (_BIN * spread)), return_counts=True)
  shares = counts / counts.sum()
  return float(-(shares * np.log(shares)).sum() + math.log(_BIN))


ENTROPIES: Mapping[str, Callable[[Activation], float]] = {
  "EAFO's, inputs above 0": lambda f: entropy.entropy(f, positive=True),
  "EAFO's, all inputs": entropy.entropy,
  "of outputs, counted": of_outputs,
}


def rows(
  found: Mapping[str, Mapping[str, float]],
) -> Iterator[list[str]]:
  """A row for each suite and entropy; of the functions that have one."""
  for suite in (LAB, FRESH, HELDOUT):
    panel = _panel(suite)
    values = RULE.values(panel)
    for name, entropies in found.items():
      x = np.array([entropies[function] for function in panel.functions])
      has = np.isfinite(x)
      rho, low, high = with_interval(x[has], values[has])
      yield [
        name, suite, str(has.sum()), f"{rho:.2f}", f"{low:.2f} to {high:.2f}",
      ]  # fmt: skip


def _panel(suite: str) -> Panel:
  return Panel.read(suite, measure.name_of(suite, "confirmation", 0, FULL))


def _drawn(entropies: Mapping[str, float]) -> Figure:
  panel = _panel(LAB)
  figure, axes = style.axes(height=4.4)
  x = [entropies[function] for function in panel.functions]
  axes.plot(x, RULE.values(panel), "o", color=style.COLOURS[0], markersize=4)
  axes.set_xlabel("entropy of standardised outputs, nats")
  axes.set_ylabel(f"OOD score on {LAB}")
  return figure


def main() -> None:
  activations = {
    f.name: language.load(f.source) for f in pool.load("confirmation")
  }
  found = {
    name: {each: of(f) for each, f in activations.items()}
    for name, of in ENTROPIES.items()
  }
  print_table(
    "Spearman's correlation with the value; 95% bootstrap over functions.",
    ["entropy", "tasks", "functions", "rho", "interval"],
    list(rows(found)),
  )
  _drawn(found["of outputs, counted"]).savefig(_FIGURE)
  console.say(f"drawn in {_FIGURE}")


if __name__ == "__main__":
  main()
