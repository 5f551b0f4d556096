"""Sends candidates to the workers, and turns answers into reports."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from evolve.probe import Admission, Probe
from evolve.program import Program
from evolve.workers.pool import Answer, WorkerPool
from harness.core.fitness import Fidelity, Report, Status


@dataclasses.dataclass(frozen=True)
class Cascade:
  """What an evaluation does after the probe.

  Attributes:
    fitness: which of the pool's fitnesses.
    seed: of the evaluation.
    full: full fidelity.
    screen: fidelity of the cheap screen; None skips it.
    threshold: the screen's value below which a candidate is SCREENED; None
      lets every candidate pass.
  """

  fitness: str
  seed: int
  full: Fidelity
  screen: Fidelity | None = None
  threshold: float | None = None

  def job(self, program: Program) -> dict[str, Any]:
    return {
      "kind": "evaluate",
      "source": program.source,
      "fitness": self.fitness,
      "seed": self.seed,
      "full": dataclasses.asdict(self.full),
      "screen": self.screen and dataclasses.asdict(self.screen),
      "threshold": self.threshold,
    }


def probe_job(program: Program, admission: Admission) -> dict[str, Any]:
  return {
    "kind": "probe",
    "source": program.source,
    "admission": admission.to_json(),
  }


def probe_of(answer: Answer) -> Probe | Report:
  """The probe that an answer holds, or a report of why there is none."""
  if answer.status is not Status.OK:
    return failed(answer.status, answer.feedback, answer.seconds)
  try:
    return Probe.from_json(answer.body["probe"])
  except (KeyError, TypeError, ValueError) as error:
    return failed(Status.CRASHED, f"sends garbage: {error}", answer.seconds)


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
  """Probes and evaluates programs side by side, outside of a search.

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
        stages[pool.submit(cascade.job(program))] = index
