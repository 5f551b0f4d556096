"""Evaluation of given programs side by side, outside of a search."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.cascade import Cascade
from evolve.workers.jobs import EvaluateJob, ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Report


def evaluate_all(
  pool: WorkerPool,
  work: Sequence[tuple[Program, Cascade]],
  admission: Admission,
) -> Iterator[tuple[int, Probe | None, Report]]:
  """Probes and trains programs, themselves and never their tables.

  Yields:
    The index in `work`, the probe if it succeeded, and the report of each, as
    they end.
  """
  indices: dict[Future[Any], int] = {
    pool.submit(ProbeJob(program, admission)): index
    for index, (program, _) in enumerate(work)
  }
  probes: dict[int, Probe] = {}
  while indices:
    for future in pool.wait():
      index, result = indices.pop(future), future.result()
      if isinstance(result, Probe):
        probes[index] = result
        indices[pool.submit(EvaluateJob(*work[index]))] = index
      else:
        yield index, probes.get(index), result
