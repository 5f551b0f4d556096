"""A pool of worker processes, seen from the parent."""

import contextlib
import dataclasses
import json
import os
import pickle
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from evolve.workers import jobs, wire
from evolve.workers.limits import Limits
from evolve.workers.setup import Setup
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness, Status

# What the environment of a worker keeps: nothing that could be a secret.
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "JAX_PLATFORMS", "LD_LIBRARY_PATH",
         "CUDA_VISIBLE_DEVICES")  # fmt: skip
_START_SECONDS = 120.0


@dataclasses.dataclass(frozen=True)
class Answer:
  """How a job ended.

  Attributes:
    job: the number that `submit` gave.
    status: OK, or how the candidate failed.
    feedback: a sentence on a failure.
    body: the worker's last message; empty if it sent none.
    seconds: wall time from fork to end.
  """

  job: int
  status: Status
  feedback: str
  body: dict[str, Any]
  seconds: float


@dataclasses.dataclass
class _Running:
  """A job in a process."""

  job: int
  pipe: int
  reader: wire.Reader
  started: float
  stage: str = "probe"
  deadline: float = 0.0
  process: int | None = None
  answer: dict[str, Any] | None = None
  failure: tuple[Status, str] | None = None
  open: bool = True
  exit_status: int | None = None
  seen: set[str] = dataclasses.field(default_factory=set)


class WorkerPool:
  """Runs jobs in forked, confined processes, a fixed number at a time.

  A process that hangs or dies is killed with its whole group; other jobs never
  notice. Not thread-safe.
  """

  def __init__(
    self,
    fitnesses: Mapping[str, Fitness],
    num_workers: int,
    *,
    prepare: Sequence[tuple[str, int, Fidelity]] = (),
    limits: Limits | None = None,
  ):
    self._limits = limits or Limits()
    self._setup = Setup(dict(fitnesses), tuple(prepare), self._limits)
    self._num_workers = num_workers
    self._queue: deque[tuple[int, dict[str, Any]]] = deque()
    self._running: dict[int, _Running] = {}
    self._refused: list[Answer] = []  # Never handed to a worker.
    self._next_job = 0
    self._selector = selectors.DefaultSelector()
    self._temporary = tempfile.mkdtemp(prefix="actmine-")
    self._start_server()
    try:
      self._await_server()
    except BaseException:
      self.close()
      raise

  def __enter__(self) -> "WorkerPool":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    self.close()

  @property
  def num_open(self) -> int:
    """Jobs submitted whose answer was not yet returned by `wait`."""
    return len(self._queue) + len(self._running)

  def submit(self, job: dict[str, Any], *, urgent: bool = False) -> int:
    """Queues a job (see evolve.workers.jobs); returns its number.

    An urgent job goes before all that have not begun.
    """
    number = self._next_job
    self._next_job += 1
    if urgent:
      self._queue.appendleft((number, job))
    else:
      self._queue.append((number, job))
    self._dispatch()
    return number

  def wait(self, seconds: float = 1.0) -> list[Answer]:
    """Answers of jobs that ended; waits at most `seconds` for the first."""
    self._dispatch()
    if self._refused or not self._running:
      refused, self._refused = self._refused, []
      return refused
    deadline = time.monotonic() + seconds
    while not (ended := self._collect()):
      remaining = self._until(deadline)
      if remaining <= 0 and time.monotonic() >= deadline:
        return []
      for key, _ in self._selector.select(max(0.0, remaining)):
        if key.fileobj is self._control:
          self._hear_server()
        else:
          self._hear_worker(self._running[key.data])
      self._kill_overdue()
    self._dispatch()
    return ended

  def call(self, job: dict[str, Any]) -> Answer:
    """Runs one job to its end; other jobs must not be open."""
    number = self.submit(job)
    while True:
      for answer in self.wait():
        if answer.job == number:
          return answer

  def describe(self) -> dict[str, Any]:
    """The workers' devices, and the limits that were applied to them."""
    answer = self.call({"kind": "describe"})
    if "devices" not in answer.body:
      raise UserError(f"a worker does not start: {answer.feedback}")
    return answer.body

  def close(self) -> None:
    """Kills what still runs, and the fork server."""
    for running in self._running.values():
      self._kill(running)
      os.close(running.pipe)
    self._running.clear()
    self._queue.clear()
    self._control.close()
    self._server.kill()
    self._server.wait()
    self._selector.close()
    shutil.rmtree(self._temporary, ignore_errors=True)

  def _start_server(self) -> None:
    self._control, theirs = socket.socketpair(
      socket.AF_UNIX, socket.SOCK_SEQPACKET
    )
    source = str(Path(__file__).resolve().parents[2])
    environment = {k: os.environ[k] for k in _KEPT if k in os.environ} | {
      # XLA's last bits depend on its thread count, so every worker has one.
      "NPROC": "1",
      "OMP_NUM_THREADS": "1",
      "PYTHONHASHSEED": "0",
      "PYTHONPATH": os.pathsep.join([source, *filter(None, sys.path)]),
      "TMPDIR": self._temporary,
      "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
      "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    setup_file = Path(self._temporary) / "setup"
    setup_file.write_bytes(pickle.dumps(self._setup))
    log = open(Path(self._temporary) / "server.log", "wb")  # noqa: SIM115
    self._server = subprocess.Popen(
      [
        sys.executable,
        "-m",
        "evolve.workers.server",
        str(os.getpid()),
        str(setup_file),
      ],
      stdin=theirs.fileno(),
      stdout=log,
      stderr=log,
      env=environment,
      cwd=self._temporary,
      start_new_session=True,
    )
    theirs.close()
    log.close()
    self._server_reader = wire.Reader()
    self._selector.register(self._control, selectors.EVENT_READ)

  def _await_server(self) -> None:
    self._control.settimeout(_START_SECONDS)
    first = b""
    with contextlib.suppress(OSError):
      first = self._control.recv(4096)
    self._control.settimeout(None)
    if not self._server_reader.feed(first):
      raise UserError(f"the workers do not start: {self._last_words()}")

  def _last_words(self) -> str:
    text = (Path(self._temporary) / "server.log").read_text().strip()
    return text.splitlines()[-1] if text else "no reason given"

  def _dispatch(self) -> None:
    while self._queue and len(self._running) < self._num_workers:
      number, job = self._queue.popleft()
      message = json.dumps(job | {"job": number}).encode()
      if len(message) > jobs.MAX_JOB:
        why = f"a program of {len(message)} bytes is too long"
        self._refused.append(Answer(number, Status.INVALID, why, {}, 0.0))
        continue
      ours, theirs = os.pipe()
      os.set_blocking(ours, False)
      with contextlib.suppress(BrokenPipeError):  # `wait` says that it died.
        socket.send_fds(self._control, [message], [theirs])
      os.close(theirs)
      running = _Running(number, ours, wire.Reader(), time.monotonic())
      self._enter_stage(running, "probe")
      self._running[number] = running
      self._selector.register(ours, selectors.EVENT_READ, number)

  def _until(self, deadline: float) -> float:
    """Seconds to the deadline, or to that of a running job."""
    deadlines = [deadline, *(r.deadline for r in self._running.values())]
    return min(deadlines) - time.monotonic()

  def _hear_server(self) -> None:
    data = b""
    with contextlib.suppress(ConnectionResetError):
      data = self._control.recv(65536)
    if not data:
      raise UserError(
        f"the fork server died: {self._last_words()}; what was committed is "
        "kept, go on with --resume"
      )
    for message in self._server_reader.feed(data):
      running = self._running[message["job"]]
      if "process" in message:
        running.process = message["process"]
        if running.failure:  # Its time ran out before it was forked.
          self._kill(running)
      else:
        running.exit_status = message["exit"]
        self._hear_worker(running)
        self._hang_up(running)

  def _hang_up(self, running: _Running) -> None:
    """Stops listening; what was forked from a worker might never do so."""
    if running.open:
      running.open = False
      self._selector.unregister(running.pipe)

  def _hear_worker(self, running: _Running) -> None:
    """Takes what is in a pipe, which is never more than one read."""
    if not running.open:
      return
    try:
      data = os.read(running.pipe, 1 << 20)
    except BlockingIOError:
      return
    if not data:
      self._hang_up(running)
      return
    try:
      for message in running.reader.feed(data):
        self._take(running, message)
    except wire.BadMessageError as error:
      running.failure = (Status.CRASHED, f"sends garbage: {error}")
      self._kill(running)

  def _take(self, running: _Running, message: dict[str, Any]) -> None:
    stage = message.get("stage")
    if stage is None:
      running.answer = message
    elif stage in ("screen", "full") and stage not in running.seen:
      self._enter_stage(running, stage)

  def _enter_stage(self, running: _Running, stage: str) -> None:
    running.stage = stage
    running.seen.add(stage)
    running.deadline = time.monotonic() + self._limits.wall_seconds(stage)

  def _kill_overdue(self) -> None:
    now = time.monotonic()
    for running in self._running.values():
      if now > running.deadline and running.failure is None:
        seconds = self._limits.wall_seconds(running.stage)
        running.failure = (
          Status.TIMEOUT,
          f"took longer than {seconds:g} s at stage {running.stage!r}",
        )
        self._kill(running)

  def _kill(self, running: _Running) -> None:
    if running.process is not None and running.exit_status is None:
      with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(running.process, signal.SIGKILL)
      with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(running.process, signal.SIGKILL)

  def _collect(self) -> list[Answer]:
    """Takes out the jobs whose process is gone."""
    ended = [r for r in self._running.values() if r.exit_status is not None]
    for running in ended:
      del self._running[running.job]
      os.close(running.pipe)
    return [_answer(r) for r in ended]


def _answer(running: _Running) -> Answer:
  seconds = time.monotonic() - running.started
  body = running.answer or {}
  if running.failure:
    return Answer(running.job, *running.failure, {}, seconds)
  if not body:
    failure = _death(running.exit_status or 0)
    return Answer(running.job, *failure, {}, seconds)
  try:
    status = Status(body.get("status", Status.OK))
  except ValueError:
    failure = (Status.CRASHED, "sends an answer without a status")
    return Answer(running.job, *failure, {}, seconds)
  feedback = str(body.get("feedback", ""))[:1000]
  return Answer(running.job, status, feedback, body, seconds)


def _death(exit_status: int) -> tuple[Status, str]:
  """What the exit status of a process that sent no answer means."""
  if exit_status == -signal.SIGXCPU:
    return Status.TIMEOUT, "used more processor time than allowed"
  if exit_status < 0:
    name = signal.strsignal(-exit_status) or f"signal {-exit_status}"
    return Status.CRASHED, f"its process was ended by a signal: {name}"
  return Status.CRASHED, f"its process ended with status {exit_status}"
