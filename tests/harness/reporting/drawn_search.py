"""A search whose figures show known numbers."""

from pathlib import Path

import numpy as np

from evolve import activations
from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.traits import Traits
from evolve.cost import Cost
from evolve.program import Program
from evolve.search.database import Row
from harness.core.fitness import Report, Status
from harness.reporting.runs.search_run import SearchRun
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)

RELU = activations.source("relu")
SINE = "def activation(x):\n  return jnp.sin(0.9 * x)\n"
LINE = "def activation(x):\n  return 1 * x\n"
FLAT = "def activation(x):\n  return 0 * x\n"


def write(path: Path) -> SearchRun:
  """Two elites share a cell of the map by size and turns; the better is sin."""
  x = PROBE_GRID
  rows = [
    _with_traits(row(0, RELU, report(0.5)), (2, 0, 3, 0), np.maximum(x, 0), 1),
    _with_traits(row(1, LINE, report(0.3)), (3, 3, 3, 4), x, 2),
    row(2, "import os\n", Report(Status.INVALID, "no", seconds=60.0)),
    _with_traits(
      row(3, SINE, report(0.7, seconds=60.0), Program(RELU)),
      (3, 1, 1, 4), np.sin(0.9 * x), 32,
    ),
    _with_traits(row(4, FLAT, report(0.6)), (3, 0, 0, 0), 0 * x, 64),
  ]  # fmt: skip
  write_search(path, rows, {SINE: (report(0.5),) * 3})
  return read_search(path)


def _with_traits(
  row: Row, niche: tuple[int, ...], values: np.ndarray, flops: float
) -> Row:
  signature = np.concatenate([values[::25], np.zeros_like(values[::25])])
  traits = Traits(niche, True, signature.astype(np.float32), Cost(flops, 2.0))
  return row._replace(traits=traits.to_json())
