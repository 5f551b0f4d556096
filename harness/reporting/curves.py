"""Values and slopes of programs, computed in a confined worker."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from evolve.admission.admission import Admission
from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.probe import Probe
from evolve.cost import Budget
from evolve.program import Program
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.reporting.lineage import lineage, near_ancestors, references
from harness.reporting.runs.search_run import SearchRun

# What networks on standardised data see; the grid is wider and coarser beyond.
LIMIT = 12.0
_INNER = np.abs(PROBE_GRID) <= LIMIT
# Whoever scored a program asked what it costs; a worker is limited anyway.
_ADMISSION = Admission(Budget(max_flops=math.inf, max_memory=math.inf))


class Curve(NamedTuple):
  """A function and its derivative.

  Attributes:
    x: float32 [points], evenly spaced and increasing in [-LIMIT, LIMIT].
    values: float32 [points]; may be non-finite.
    slopes: float32 [points], the derivative; may be non-finite.
  """

  x: np.ndarray
  values: np.ndarray
  slopes: np.ndarray


def curves(sources: Iterable[str]) -> dict[str, Curve]:
  """The curves of programs by program id; none of those that fail the probe.

  Args:
    sources: untrusted; none of them runs in this process.

  Raises:
    UserError: the worker does not start.
  """
  programs = {p.id: p for p in map(Program, sources)}
  if not programs:
    return {}
  found: dict[str, Curve] = {}
  with WorkerPool({}, num_workers=1) as pool:
    for program_id, program in programs.items():
      probe = pool.call(ProbeJob(program, _ADMISSION))
      if isinstance(probe, Probe):
        found[program_id] = _curve(probe)
  return found


def curves_of(run: SearchRun) -> dict[str, Curve]:
  """Of the best program of a search, near ancestors, and references.

  Raises:
    UserError: the worker does not start.
  """
  steps = lineage(run)
  rows = [*near_ancestors(steps), *(step.row for step in steps[-1:])]
  programs = [*(row.program for row in rows), *references().values()]
  return curves(program.source for program in programs)


def _curve(probe: Probe) -> Curve:
  return Curve(PROBE_GRID[_INNER], probe.values[_INNER], probe.slopes[_INNER])
