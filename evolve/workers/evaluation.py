"""Sends candidates to the workers, and turns answers into reports."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from evolve.admission.probe import Admission, Probe
from evolve.program import Program
from evolve.workers.cascade import UNSCREENED, Cascade, Entry
from evolve.workers.pool import Answer, WorkerPool
from harness.core.fitness import Report, Status
from harness.core.table import Table


def probe_job(program: Program, admission: Admission) -> dict[str, Any]:
  return {
    "kind": "probe",
    "source": program.source,
    "admission": admission.to_json(),
  }


def evaluate_job(
  program: Program, cascade: Cascade, entry: Entry = UNSCREENED
) -> dict[str, Any]:
  """The job to train a candidate itself; without a screen unless asked for."""
  return {
    "kind": "evaluate",
    "source": program.source,
    "cascade": cascade.to_json(),
    "entry": entry,
  }


def train_job(
  batch: Sequence[tuple[Program, Table, Entry]], cascade: Cascade
) -> tuple[dict[str, Any], bytes]:
  """The job to train a batch of candidates by their tables, and its bytes."""
  job = {
    "kind": "train",
    "programs": [program.id for program, _, _ in batch],
    "cascade": cascade.to_json(),
    "entries": [entry for _, _, entry in batch],
  }
  curves = [curve for _, t, _ in batch for curve in (t.values, t.slopes)]
  return job, np.concatenate(curves).astype(np.float32).tobytes()


def probe_of(answer: Answer) -> Probe | Report:
  """The probe that an answer holds, or a report of why there is none."""
  if answer.status is not Status.OK:
    return failed(answer.status, answer.feedback, answer.seconds)
  try:
    return Probe.from_message(answer.body["probe"], answer.blob)
  except (KeyError, TypeError, ValueError) as error:
    return failed(Status.CRASHED, f"sends garbage: {error}", answer.seconds)


def reports_of(answer: Answer) -> list[Report]:
  """The reports of a batch of tables."""
  reports = [Report.from_json(record) for record in answer.body["reports"]]
  seconds = answer.seconds / len(reports)
  return [dataclasses.replace(r, seconds=seconds) for r in reports]


def report_of(answer: Answer) -> Report:
  """The report that an answer holds, or one of why it holds none."""
  record = answer.body.get("report")
  if record is None:
    return failed(answer.status, answer.feedback, answer.seconds)
  try:
    report = Report.from_json(record)
    _check_scores(report)
  except (KeyError, TypeError, ValueError, AttributeError) as error:
    return failed(Status.CRASHED, f"sends garbage: {error}", answer.seconds)
  return dataclasses.replace(report, seconds=answer.seconds)


def _check_scores(report: Report) -> None:
  """Raises a ValueError for scores that no fitness gives."""
  numbers = [s for scores in report.scores_by_seed.values() for s in scores]
  if report.screen_value is not None:
    numbers.append(report.screen_value)
  if not all(isinstance(n, float) and 0 <= n <= 1 for n in numbers):
    raise ValueError("scores outside of [0, 1]")
  counts = {len(scores) for scores in report.scores_by_seed.values()}
  if report.status is Status.OK and (len(counts) != 1 or 0 in counts):
    raise ValueError("not one score for each task and seed")


def failed(status: Status, feedback: str, seconds: float = 0.0) -> Report:
  """A report that holds no scores."""
  return Report(status, feedback or status.sentence, seconds=seconds)


def evaluate_all(
  pool: WorkerPool,
  work: Sequence[tuple[Program, Cascade]],
  admission: Admission,
) -> Iterator[tuple[int, Probe | None, Report]]:
  """Probes and trains programs side by side, outside of a search.

  Trains the programs themselves, never their tables.

  Yields:
    The index in `work`, the probe if it succeeded, and the report of each, as
    they end.
  """
  stages = {
    pool.submit(probe_job(program, admission)): index
    for index, (program, _) in enumerate(work)
  }
  probes: dict[int, Probe] = {}
  while stages:
    for answer in pool.wait():
      index = stages.pop(answer.job)
      if index in probes:
        yield index, probes[index], report_of(answer)
        continue
      probe = probe_of(answer)
      if isinstance(probe, Report):
        yield index, None, probe
      else:
        probes[index] = probe
        program, cascade = work[index]
        stages[pool.submit(evaluate_job(program, cascade))] = index
