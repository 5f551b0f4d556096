"""Trainings in processes of this machine, several at a time.

Each process has its share of the cores, and one of the GPUs if there are any.
It writes checkpoints and curves of its own trainings; all else is told to this
process, which is the only one that writes records.
"""

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import NamedTuple

import absl.logging
import jax
import numpy as np

from harness.core.errors import UserError
from harness.core.trainings.messages import Failure, Teller, pass_on
from harness.core.trainings.status_line import GroupLine, StatusLine
from harness.core.trainings.trainer import Outcome, Trainer, Training, trained


class _Share(NamedTuple):
  """The part of the machine that a process has.

  Attributes:
    cores: numbers of processors.
    environment: variables to set before JAX looks at them.
  """

  cores: frozenset[int]
  environment: Mapping[str, str]


def in_processes(
  units: Sequence[Sequence[Training]],
  trainer: Trainer,
  status_line: StatusLine,
  jobs: int,
) -> Iterator[tuple[Training, Outcome]]:
  """Trainings with their outcomes, as they end.

  Args:
    units: trainings of a unit are for one process, one after the other.
    trainer: a copy of it goes to each process.
    status_line: is told the progress of all.
    jobs: processes at a time.

  Raises:
    UserError: a training raised it, or its process died.
  """
  left = deque(units)
  with ExitStack() as stack:
    workers = [
      stack.enter_context(_Worker(trainer, share, status_line))
      for share in _shares(min(jobs, len(units)))
    ]
    for worker in workers:
      worker.begin_next(left)
    while at_work := [w for w in workers if w.training]:
      ready = wait([worker.connection for worker in at_work])
      for worker in at_work:
        if worker.connection not in ready:
          continue
        training, outcome = worker.training, worker.hear()
        if training and outcome:
          yield training, outcome
          worker.begin_next(left)


class _Worker:
  """A process that trains.

  Attributes:
    connection: to the process.
    training: that it is at; None if it has nothing to do.
  """

  def __init__(self, trainer: Trainer, share: _Share, status_line: StatusLine):
    context = multiprocessing.get_context("spawn")
    self.connection, theirs = context.Pipe()
    self._process = context.Process(
      target=_work, args=(theirs, share, status_line.total_steps)
    )
    self._process.start()
    theirs.close()  # This copy: the end of the process now ends the pipe.
    # Not as an argument: the share has to be taken before JAX is imported.
    self.connection.send_bytes(pickle.dumps(trainer))
    self.training: Training | None = None
    self._unit: deque[Training] = deque()
    self._status_line = status_line
    self._line: GroupLine | None = None

  def __enter__(self) -> "_Worker":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    self._process.kill()
    self._process.join()
    self.connection.close()

  def begin_next(self, left: deque[Sequence[Training]]) -> None:
    """Begins the next training of its unit, or else of one that is left."""
    if not self._unit and left:
      self._unit.extend(left.popleft())
    self.training = self._unit.popleft() if self._unit else None
    if self.training:
      self._line = self._status_line.begin(self.training.group)
      try:
        self.connection.send(self.training)
      except OSError as error:
        raise self._died() from error

  def hear(self) -> Outcome | None:
    """Takes in a message; returns the outcome of the training, if that is it.

    Raises:
      UserError: the process died; see also `pass_on`.
    """
    try:
      message = self.connection.recv()
    except (EOFError, OSError) as error:
      raise self._died() from error
    assert self._line
    if isinstance(message, Outcome):
      self._status_line.end(self._line, message.results)
      return message
    pass_on(message, self._line)
    return None

  def _died(self) -> UserError:
    self._process.join()
    return UserError(
      f"the process that trained {self.training and self.training.group} died "
      f"(exit code {self._process.exitcode}); is there enough memory for "
      "--jobs? What was finished is kept: go on with --resume, and perhaps "
      "fewer --jobs"
    )


def _work(connection: Connection, share: _Share, total_steps: int) -> None:
  """Trains what comes, until nobody is there to be told."""
  signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's.
  os.sched_setaffinity(0, share.cores)
  os.environ.update(share.environment)
  absl.logging.set_verbosity(absl.logging.ERROR)  # As in the parent.
  try:
    trainer = pickle.loads(connection.recv_bytes())
    watcher = Teller(connection.send, total_steps)
    while True:
      connection.send(trained(trainer, connection.recv(), watcher))
  except (EOFError, BrokenPipeError, ConnectionResetError):
    return
  except Exception as error:
    connection.send(Failure.of(error))


def _shares(count: int) -> list[_Share]:
  """Equal shares of this machine; with fewer cores than shares, one each."""
  cores, gpus = sorted(os.sched_getaffinity(0)), _gpus()
  shares = []
  for number, part in enumerate(np.array_split(cores, count)):
    own = part.tolist() or [cores[number % len(cores)]]
    environment = {}
    if gpus:
      environment["CUDA_VISIBLE_DEVICES"] = gpus[number % len(gpus)]
    shares.append(_Share(frozenset(own), environment))
  return shares


def _gpus() -> list[str]:
  """The GPUs that this process sees, as CUDA_VISIBLE_DEVICES names them."""
  if jax.default_backend() != "gpu":
    return []
  visible = os.environ.get("CUDA_VISIBLE_DEVICES")
  if visible:
    return visible.split(",")
  return [str(number) for number in range(jax.local_device_count())]


def share_memory_of_gpus() -> None:
  """Lets several processes use a GPU; before JAX looks for any.

  Else the first to come takes three quarters of its memory.
  """
  os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
