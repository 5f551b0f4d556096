"""The jobs of a worker process, and how each of them ends.

A job is a JSON object with a "kind". Its answers are messages on a pipe: a
{"stage": name} as each stage begins, so that the parent can time it, and one
last message, which holds "status" and "feedback", and a "report" or a "probe".
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax

from evolve import language
from evolve.admission import probe
from evolve.workers import wire
from evolve.workers.cascade import Cascade, Entry
from evolve.workers.compilations import Compilations
from evolve.workers.confinement import integrity
from harness.core.fitness import (
  Activation,
  Fitness,
  Status,
  failure,
)

# Bytes of a job in JSON: any program of the language, in one packet.
MAX_JOB = 128 << 10

Send = Callable[..., None]
Fitnesses = Mapping[str, Fitness]


def run(
  job: dict[str, Any],
  fitnesses: Fitnesses,
  applied: dict[str, str],
  answers: int,
) -> None:
  """Does one job and sends its answers to the descriptor `answers`."""

  def send(body: dict[str, Any], blob: bytes = b"") -> None:
    wire.send(answers, body, blob)

  if job["kind"] == "describe":
    devices = [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
    send({"devices": devices, "applied": applied})
    return
  compilations = Compilations()
  before = integrity.snapshot()
  answer = _guarded(_KINDS[job["kind"]], job, fitnesses, send)
  if changed := integrity.rebound(before):
    answer = _message(Status.CRASHED, f"rebinds {', '.join(changed[:3])}")
  send(answer.body | {"compilations": compilations.count}, answer.blob)


def _guarded(
  kind: Callable[..., wire.Message],
  job: dict[str, Any],
  fitnesses: Fitnesses,
  send: Send,
) -> wire.Message:
  """Turns whatever a candidate raises into an answer."""
  try:
    return kind(job, fitnesses, send)
  except language.LanguageError as error:
    return _message(Status.INVALID, str(error))
  except probe.RejectedError as error:
    return _message(error.status, str(error))
  except RecursionError:
    return _message(Status.INVALID, "recurses too deeply")
  except BaseException as error:  # SystemExit and KeyboardInterrupt too.
    report = failure(error)
    return _message(report.status, report.feedback)


def _message(
  status: Status, feedback: str, blob: bytes = b"", **body: Any
) -> wire.Message:
  return wire.Message(
    {"status": status.value, "feedback": feedback, **body}, blob
  )


def _load(job: dict[str, Any]) -> Activation:
  if job.get("unconfined_language"):
    return _run_as_python(job["source"])
  return language.load(job["source"])


def _run_as_python(source: str) -> Activation:
  """Skips the language, for tests of the confinement that is behind it."""
  namespace: dict[str, Any] = {}
  exec(source, namespace)
  activation: Activation = namespace["activation"]
  return activation


def _probe(
  job: dict[str, Any], fitnesses: Fitnesses, send: Send
) -> wire.Message:
  del fitnesses
  send({"stage": "probe"})
  admission = probe.Admission.from_json(job["admission"])
  body, blob = probe.probe(_load(job), admission).to_message()
  return _message(Status.OK, "", blob, probe=body)


def _evaluate(
  job: dict[str, Any], fitnesses: Fitnesses, send: Send
) -> wire.Message:
  activation = _load(job)
  cascade = Cascade.from_json(job["cascade"])
  (report,) = cascade.run(
    fitnesses[cascade.fitness],
    [activation],
    [Entry(*job["entry"])],
    lambda stage: send({"stage": stage}),
  )
  return _message(report.status, report.feedback, report=report.to_json())


_KINDS: dict[str, Callable[..., wire.Message]] = {
  "probe": _probe,
  "evaluate": _evaluate,
}
