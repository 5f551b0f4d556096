"""Scores on instances of several sizes, larger than those of the training."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.core.evidence import Estimate
from harness.core.intervals import Mean
from harness.reporting.document import Block, Column, DataTable, Figure
from harness.reporting.figures import sizes
from harness.reporting.figures.sizes import Panel

# Lines of scores.jsonl of harness.clrs30.
Records = Sequence[Mapping[str, Any]]
_OVER_ALL = "mean over algorithms"


def blocks(records: Records, prefix: str) -> list[Block]:
  """A drawing and a table; nothing if there is one size only.

  Args:
    records: of one protocol; those of earlier versions name no sizes.
    prefix: makes the names of figures and tables unique on the page.
  """
  # Imported here: dm-clrs is needed for these runs only.
  from tasks.clrs30 import results

  scores = results.scores_by_length(records)
  if len({size for *_, size in scores}) < 2:
    return []
  panels = _panels(scores)
  examples = _num_examples(records)
  return [
    Figure(
      f"{prefix}_sizes",
      "Test micro-F1 in % against the number of nodes, mean over seeds with "
      "95% intervals where there are three seeds or more; the mean over "
      "algorithms is over those of the 30 that have several sizes, and has "
      f"none. {examples}",
      sizes.draw(panels, "nodes", "micro-F1, %"),
    ),
    DataTable(
      f"{prefix}_scores_by_size",
      "The same in numbers.",
      (
        Column("algorithm"),
        Column("activation"),
        Column("nodes"),
        Column("test micro-F1, %", 2),
        Column("seeds"),
      ),
      [
        [algorithm, activation, size, 100 * statistics.fmean(found), len(found)]
        for (algorithm, activation, size), found in scores.items()
      ],
    ),
  ]


def _panels(scores: Mapping[tuple[str, str, int], list[float]]) -> list[Panel]:
  """A panel for each algorithm; of several of the 30, first their mean."""
  from tasks.clrs30.algorithms import ALGORITHMS

  algorithms = list(dict.fromkeys(algorithm for algorithm, _, _ in scores))
  panels = [
    Panel(
      algorithm,
      _lines(
        (activation, size, _estimate(found))
        for (other, activation, size), found in scores.items()
        if other == algorithm
      ),
    )
    for algorithm in algorithms
  ]
  averaged = [
    panel
    for panel in panels
    if panel.title in ALGORITHMS
    # Instances of one size have a single point.
    and any(len(line) > 1 for line in panel.lines.values())
  ]
  if len(averaged) > 1:
    panels.insert(0, Panel(_OVER_ALL, _means(averaged)))
  return panels


def _lines(
  estimates: Iterable[tuple[str, int, Estimate]],
) -> dict[str, dict[int, Estimate]]:
  lines: dict[str, dict[int, Estimate]] = {}
  for activation, size, estimate in estimates:
    lines.setdefault(activation, {})[size] = estimate
  return lines


def _means(panels: Sequence[Panel]) -> dict[str, dict[int, Estimate]]:
  """Means over algorithms, of what every algorithm has."""
  first, *rest = (panel.lines for panel in panels)
  return _lines(
    (
      activation,
      size,
      Estimate(
        statistics.fmean(
          panel.lines[activation][size].value for panel in panels
        )
      ),
    )
    for activation, line in first.items()
    for size in line
    if all(size in other.get(activation, {}) for other in rest)
  )


def _estimate(scores: Sequence[float]) -> Estimate:
  """In %, from one score in [0, 1] for each seed."""
  mean = Mean.of(scores)
  low, high = mean.interval or (None, None)
  return Estimate(
    100 * mean.value,
    None if low is None else 100 * low,
    None if high is None else 100 * high,
  )


def _num_examples(records: Records) -> str:
  """A sentence on the number of examples of each size."""
  counts = defaultdict(set)
  for record in records:
    for size, count in record.get("examples_by_length", {}).items():
      counts[int(size)].add(count)
  listed = ", ".join(
    f"{' or '.join(map(str, sorted(counts[size])))} at {size}"
    for size in sorted(counts)
  )
  if not listed:
    return ""
  return (
    f"Examples of an algorithm: {listed} nodes. Seeds share them, so that "
    "intervals leave the chance of their draw out."
  )
