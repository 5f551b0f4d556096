"""Evaluation of given programs side by side, outside of a search."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Any

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.cascade import Cascade
from evolve.workers.contract import Pool
from evolve.workers.jobs import EvaluateJob, ProbeJob
from harness.core.fitness import Report


def evaluate_all(
  pool: Pool,
  programs: Sequence[Program],
  cascade: Cascade,
  admission: Admission,
) -> Iterator[tuple[int, Probe | None, list[Report]]]:
  """Probes and trains programs, themselves and never their tables.

  Yields:
    The index of each program as it ends, its probe if it succeeded, and the
    reports of its rungs, the last of which may be of a failure.
  """
  probing: dict[Future[Any], int] = {
    pool.submit(ProbeJob(program, admission)): index
    for index, program in enumerate(programs)
  }
  training: dict[Future[Any], tuple[int, Probe]] = {}
  while probing or training:
    for future in pool.wait():
      result = future.result()
      if future in training:
        yield *training.pop(future), result
        continue
      index = probing.pop(future)
      if isinstance(result, Probe):
        job = EvaluateJob(programs[index], cascade)
        training[pool.submit(job)] = index, result
      else:
        yield index, None, [result]
