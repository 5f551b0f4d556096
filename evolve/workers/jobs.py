"""The jobs of a worker process, and how each of them ends.

A job is a JSON object with a "kind". Its answers are messages on a pipe: a
{"stage": name} as each stage begins, so that the parent can time it, and one
last message, which holds "status" and "feedback", or a "report".
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax

from evolve import language, probe
from evolve.workers import integrity, wire
from harness.core.fitness import (
  Activation,
  Fidelity,
  Fitness,
  Report,
  Status,
  failure,
)

# Bytes of a job in JSON: any program of the language, in one packet.
MAX_JOB = 128 << 10

Send = Callable[[dict[str, Any]], None]
Fitnesses = Mapping[str, Fitness]


def run(
  job: dict[str, Any],
  fitnesses: Fitnesses,
  applied: dict[str, str],
  answers: int,
) -> None:
  """Does one job and sends its answers to the descriptor `answers`."""

  def send(message: dict[str, Any]) -> None:
    wire.send(answers, message)

  if job["kind"] == "describe":
    devices = [f"{d.platform}: {d.device_kind}" for d in jax.devices()]
    send({"devices": devices, "applied": applied})
    return
  before = integrity.snapshot()
  answer = _guarded(_KINDS[job["kind"]], job, fitnesses, send)
  if changed := integrity.rebound(before):
    answer = _failure(Status.CRASHED, f"rebinds {', '.join(changed[:3])}")
  send(answer)


def _guarded(
  kind: Callable[..., dict[str, Any]],
  job: dict[str, Any],
  fitnesses: Fitnesses,
  send: Send,
) -> dict[str, Any]:
  """Turns whatever a candidate raises into an answer."""
  try:
    return kind(job, fitnesses, send)
  except language.LanguageError as error:
    return _failure(Status.INVALID, str(error))
  except probe.RejectedError as error:
    return _failure(error.status, str(error))
  except RecursionError:
    return _failure(Status.INVALID, "recurses too deeply")
  except BaseException as error:  # SystemExit and KeyboardInterrupt too.
    report = failure(error)
    return _failure(report.status, report.feedback)


def _failure(status: Status, feedback: str) -> dict[str, Any]:
  return {"status": status.value, "feedback": feedback}


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
) -> dict[str, Any]:
  del fitnesses
  send({"stage": "probe"})
  admission = probe.Admission.from_json(job["admission"])
  seen = probe.probe(_load(job), admission)
  return {"status": Status.OK.value, "feedback": "", "probe": seen.to_json()}


def _evaluate(
  job: dict[str, Any], fitnesses: Fitnesses, send: Send
) -> dict[str, Any]:
  """The cascade: the cheap screen, if asked for, then full fidelity."""
  activation = _load(job)
  fitness = fitnesses[job["fitness"]]
  report, screen_value = None, None
  if job["screen"]:
    send({"stage": "screen"})
    screen = Fidelity(**job["screen"])
    (report,) = fitness.evaluate([activation], job["seed"], screen)
    screen_value = report.value
    threshold = job["threshold"]
    if report.status is Status.OK and threshold is not None:
      assert screen_value is not None
      if screen_value < threshold:
        return _answer(report, Status.SCREENED, screen_value)
  if report is None or report.status is Status.OK:
    send({"stage": "full"})
    full = Fidelity(**job["full"])
    (report,) = fitness.evaluate([activation], job["seed"], full)
  return _answer(report, report.status, screen_value)


def _answer(
  report: Report, status: Status, screen_value: float | None
) -> dict[str, Any]:
  record = report.to_json() | {
    "status": status.value,
    "screen_value": screen_value,
  }
  return {"status": status.value, "feedback": report.feedback, "report": record}


_KINDS: dict[str, Callable[..., dict[str, Any]]] = {
  "probe": _probe,
  "evaluate": _evaluate,
}
