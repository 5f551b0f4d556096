"""Searches whose best program has a known lineage."""

from pathlib import Path

from evolve import activations
from evolve.program import Program
from evolve.search.database import Row
from harness.reporting.runs.search_run import SearchRun
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)

RELU, GELU = activations.source("relu"), activations.source("gelu")


def sine(frequency: int) -> str:
  return f"def activation(x):\n  return jnp.sin({frequency} * x)\n"


def verified(path: Path, rows: list[Row], **changes: object) -> SearchRun:
  """A search that verified its best candidate."""
  winner = max(rows, key=lambda r: r.report.value or 0.0).program.source
  finals = {winner: (report(0.5),) * 3}
  return read_search(write_search(path, rows, finals, **changes))


def chain(path: Path, generations: int) -> SearchRun:
  """From relu, each program but the first from the one before it."""
  sources = [RELU, *map(sine, range(1, 1 + generations))]
  rows = [
    row(slot, source, report(0.3 + 0.01 * slot), *parents)
    for slot, (source, parents) in enumerate(
      zip(sources, [(), *((Program(s),) for s in sources)], strict=False)
    )
  ]
  return verified(path, rows)


def family(path: Path) -> SearchRun:
  """Slot 4 is the winner; its main parent is slot 2, that one's is relu."""
  relu, gelu, second = Program(RELU), Program(GELU), Program(sine(2))
  return verified(
    path,
    [
      row(0, RELU, report(0.5)),
      row(1, GELU, report(0.55)),
      row(2, second.source, report(0.625), relu, gelu),
      row(3, sine(3), report(0.6), gelu, niche=(4, 1, 1, 1)),
      row(4, sine(4), report(0.75), second, Program(sine(3)), gelu),
    ],
    generation_zero=[relu.id, gelu.id],
  )
