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

  A program is probed once, whatever it is to be evaluated on.

  Yields:
    The index in `work`, the probe if it succeeded, and the report of each, as
    they end.
  """
  wanted: dict[str, list[int]] = {}  # Indices in `work`, by program id.
  for index, (program, _) in enumerate(work):
    wanted.setdefault(program.id, []).append(index)
  probing: dict[Future[Any], list[int]] = {
    pool.submit(ProbeJob(work[indices[0]][0], admission)): indices
    for indices in wanted.values()
  }
  training: dict[Future[Any], tuple[int, Probe]] = {}
  while probing or training:
    for future in pool.wait():
      result = future.result()
      if future in training:
        yield *training.pop(future), result
        continue
      for index in probing.pop(future):
        if isinstance(result, Probe):
          training[pool.submit(EvaluateJob(*work[index]))] = index, result
        else:
          yield index, None, result
