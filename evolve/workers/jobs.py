"""The jobs of worker processes, each with both ends of its messages.

A job is sent to a process as one message, done there, and answered by one
message, from which the parent reads its result. In between come messages
{"stage": name}, by which the parent times each stage. What comes from a process
that ran a candidate is untrusted: whatever it holds, the result is a probe or a
report.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

import jax
import numpy as np

from evolve import language
from evolve.admission.admission import Admission, RejectedError
from evolve.admission.probe import Probe, probe
from evolve.program import Program
from evolve.workers.cascade import ALL_RUNGS, Cascade, Entry
from evolve.workers.wire import Message
from harness.core.errors import UserError
from harness.core.fitness import (
  Activation,
  Fitness,
  Report,
  Status,
  failure,
)
from harness.core.table import NUM_POINTS, Table

# Bytes of a job in JSON: any program of the language, in one packet.
MAX_JOB = 128 << 10

_MAX_FEEDBACK = 1000  # Characters.
_Result_co = TypeVar("_Result_co", covariant=True)


class Worker(NamedTuple):
  """The process that does a job, as the job sees it.

  Attributes:
    fitnesses: by name.
    applied: the limits that confine it.
    enter: tells the parent that a stage begins.
  """

  fitnesses: Mapping[str, Fitness]
  applied: Mapping[str, str] = {}
  enter: Callable[[str], None] = lambda stage: None


@dataclasses.dataclass(frozen=True)
class Answer:
  """The end of a job, as the parent sees it.

  Attributes:
    status: OK, or how the candidate failed.
    feedback: a sentence on a failure.
    seconds: wall time from fork to end.
    body: of the worker's last message; empty if it sent none.
    blob: the bytes that came with it.
  """

  status: Status
  feedback: str
  seconds: float
  body: Mapping[str, Any] = dataclasses.field(default_factory=dict)
  blob: bytes = b""

  @classmethod
  def of(cls, message: Message, seconds: float) -> "Answer":
    """The answer that a process sent.

    Raises:
      ValueError: it holds no status.
    """
    body = message.body
    feedback = str(body.get("feedback", ""))[:_MAX_FEEDBACK]
    status = Status(str(body.get("status")))
    return cls(status, feedback, seconds, body, message.blob)

  def report(self, status: Status | None = None, feedback: str = "") -> Report:
    """A report without scores, of this answer's failure or of another."""
    status = status or self.status
    feedback = feedback or self.feedback or status.sentence
    return Report(status, feedback, seconds=self.seconds)


class Job(Protocol[_Result_co]):
  """Work for a process, and its result for the parent.

  Attributes:
    name: of its kind, in summary.json.
    stages: names of those that it goes through after its first, each timed.
  """

  @property
  def name(self) -> str: ...

  @property
  def stages(self) -> tuple[str, ...]: ...

  def to_message(self) -> Message:
    """The job as it is sent; `decode` is the inverse."""

  def do(self, worker: Worker) -> Message:
    """Does the job, in the worker; the answer."""

  def result(self, answer: Answer) -> _Result_co:
    """The result that an answer, perhaps of a failure, holds for the parent."""


class Description(NamedTuple):
  """A worker's devices, and the limits that confine it."""

  devices: list[str]
  applied: dict[str, str]


@dataclasses.dataclass(frozen=True)
class DescribeJob:
  """Asks what a worker computes on, and what confines it."""

  name: ClassVar[str] = "describe"
  stages: ClassVar[tuple[str, ...]] = ()

  def to_message(self) -> Message:
    return Message({})

  @classmethod
  def from_message(cls, message: Message) -> "DescribeJob":
    del message
    return cls()

  def do(self, worker: Worker) -> Message:
    devices = [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
    return _ok(devices=devices, applied=dict(worker.applied))

  def result(self, answer: Answer) -> Description:
    """Raises a UserError if the worker did not start."""
    if answer.status is not Status.OK:
      raise UserError(f"a worker does not start: {answer.feedback}")
    return Description(answer.body["devices"], answer.body["applied"])


@dataclasses.dataclass(frozen=True)
class ProbeJob:
  """Probes a candidate; see `evolve.admission.probe`.

  Attributes:
    program: the candidate.
    admission: what it must satisfy.
    is_checked: whether the language is enforced; tests of the confinement
      behind it run without.
  """

  name: ClassVar[str] = "probe"
  stages: ClassVar[tuple[str, ...]] = ()
  program: Program
  admission: Admission
  is_checked: bool = True

  def to_message(self) -> Message:
    return Message(
      {
        "source": self.program.source,
        "admission": self.admission.to_json(),
        "is_checked": self.is_checked,
      }
    )

  @classmethod
  def from_message(cls, message: Message) -> "ProbeJob":
    body = message.body
    admission = Admission.from_json(body["admission"])
    return cls(Program(body["source"]), admission, body["is_checked"])

  def do(self, worker: Worker) -> Message:
    activation = _load(self.program, is_checked=self.is_checked)
    body, blob = probe(activation, self.admission).to_message()
    return _ok(blob, probe=body)

  def result(self, answer: Answer) -> Probe | Report:
    """The probe, or a report of why there is none."""
    if answer.status is not Status.OK:
      return answer.report()
    try:
      return Probe.from_message(answer.body["probe"], answer.blob)
    except (KeyError, TypeError, ValueError) as error:
      return _garbage(answer, error)


@dataclasses.dataclass(frozen=True)
class EvaluateJob:
  """Trains networks that use a candidate itself.

  Attributes:
    program: the candidate.
    cascade: the rungs of the evaluation.
    entry: how the candidate goes through them.
    is_checked: as in ProbeJob.
  """

  name: ClassVar[str] = "evaluate"
  program: Program
  cascade: Cascade
  entry: Entry = ALL_RUNGS
  is_checked: bool = True

  @property
  def stages(self) -> tuple[str, ...]:
    return self.cascade.names

  def to_message(self) -> Message:
    return Message(
      {
        "source": self.program.source,
        "cascade": self.cascade.to_json(),
        "entry": self.entry,
        "is_checked": self.is_checked,
      }
    )

  @classmethod
  def from_message(cls, message: Message) -> "EvaluateJob":
    body = message.body
    return cls(
      Program(body["source"]),
      Cascade.from_json(body["cascade"]),
      Entry(*body["entry"]),
      body["is_checked"],
    )

  def do(self, worker: Worker) -> Message:
    (reports,) = self.cascade.run(
      worker.fitnesses,
      [_load(self.program, is_checked=self.is_checked)],
      [self.entry],
      worker.enter,
    )
    return _ok(reports=[report.to_json() for report in reports])

  def result(self, answer: Answer) -> list[Report]:
    """The reports of its rungs, or one of why there are none."""
    records = answer.body.get("reports")
    if records is None:
      return [answer.report()]
    try:
      if not 1 <= len(records) <= len(self.stages) - self.entry.first:
        raise ValueError(f"{len(records)} reports")
      reports = [_checked(Report.from_json(record)) for record in records]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
      return [_garbage(answer, error)]
    seconds = answer.seconds / len(reports)
    return [dataclasses.replace(r, seconds=seconds) for r in reports]


class Tabulated(NamedTuple):
  """A candidate that its table stands for in training."""

  program_id: str
  table: Table
  entry: Entry = ALL_RUNGS


@dataclasses.dataclass(frozen=True)
class TrainJob:
  """Trains networks that use the tables of candidates, side by side.

  Needs no code of a candidate; a table trainer does it.

  Attributes:
    batch: the candidates.
    cascade: the rungs of the evaluation.
  """

  name: ClassVar[str] = "train"
  stages: ClassVar[tuple[str, ...]] = ()  # Nobody times them.
  batch: Sequence[Tabulated]
  cascade: Cascade

  def to_message(self) -> Message:
    curves = [c for _, t, _ in self.batch for c in (t.values, t.slopes)]
    return Message(
      {
        "programs": [program_id for program_id, _, _ in self.batch],
        "cascade": self.cascade.to_json(),
        "entries": [entry for _, _, entry in self.batch],
      },
      np.concatenate(curves).astype(np.float32).tobytes(),
    )

  @classmethod
  def from_message(cls, message: Message) -> "TrainJob":
    body = message.body
    points = np.frombuffer(message.blob, np.float32)
    batch = [
      Tabulated(program_id, Table(*curves), Entry(*entry))
      for program_id, curves, entry in zip(
        body["programs"],
        points.reshape(-1, 2, NUM_POINTS),
        body["entries"],
        strict=True,
      )
    ]
    return cls(batch, Cascade.from_json(body["cascade"]))

  def do(self, worker: Worker) -> Message:
    batch = self.cascade.run(
      worker.fitnesses,
      [table for _, table, _ in self.batch],
      [entry for _, _, entry in self.batch],
    )
    return _ok(batch=[[r.to_json() for r in reports] for reports in batch])

  def result(self, answer: Answer) -> list[list[Report]]:
    """The reports of the rungs of each candidate of the batch."""
    batch = answer.body["batch"]
    seconds = answer.seconds / sum(len(reports) for reports in batch)
    return [
      [
        dataclasses.replace(Report.from_json(record), seconds=seconds)
        for record in reports
      ]
      for reports in batch
    ]


_KINDS = {
  kind.name: kind for kind in (DescribeJob, ProbeJob, EvaluateJob, TrainJob)
}


def encode(job: Job[Any]) -> Message:
  """A job with the name of its kind."""
  body, blob = job.to_message()
  return Message({"kind": job.name, **body}, blob)


def decode(message: Message) -> Job[Any]:
  """The inverse of `encode`."""
  job: Job[Any] = _KINDS[message.body["kind"]].from_message(message)
  return job


def done(job: Job[Any], worker: Worker) -> Message:
  """The answer to a job, whatever the candidate raises."""
  try:
    return job.do(worker)
  except language.LanguageError as error:
    return _message(Status.INVALID, str(error))
  except RejectedError as error:
    return _message(error.status, str(error))
  except RecursionError:
    return _message(Status.INVALID, "recurses too deeply")
  except BaseException as error:  # SystemExit and KeyboardInterrupt too.
    report = failure(error)
    return _message(report.status, report.feedback)


def crashed(reason: str) -> Message:
  """The answer of a process that a candidate has damaged."""
  return _message(Status.CRASHED, reason)


def _ok(blob: bytes = b"", **body: Any) -> Message:
  return _message(Status.OK, "", blob, **body)


def _message(
  status: Status, feedback: str, blob: bytes = b"", **body: Any
) -> Message:
  return Message({"status": status.value, "feedback": feedback, **body}, blob)


def _load(program: Program, *, is_checked: bool) -> Activation:
  if is_checked:
    return program.activation()
  namespace: dict[str, Any] = {}
  exec(program.source, namespace)
  activation: Activation = namespace["activation"]
  return activation


def _garbage(answer: Answer, error: Exception) -> Report:
  return answer.report(Status.CRASHED, f"sends garbage: {error}")


def _checked(report: Report) -> Report:
  """Raises a ValueError for scores that no fitness gives."""
  numbers = [s for scores in report.scores_by_seed.values() for s in scores]
  if report.screen_value is not None:
    numbers.append(report.screen_value)
  if not all(isinstance(n, float) and 0 <= n <= 1 for n in numbers):
    raise ValueError("scores outside of [0, 1]")
  counts = {len(scores) for scores in report.scores_by_seed.values()}
  if report.status is Status.OK and (len(counts) != 1 or 0 in counts):
    raise ValueError("not one score for each task and seed")
  return report
