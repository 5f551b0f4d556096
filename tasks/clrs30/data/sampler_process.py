"""Process that draws batches ahead of the training.

Upstream's samplers run the algorithms in Python, which takes about as long as a
step of training.
"""

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from types import TracebackType

import absl.logging

from harness.core.errors import UserError
from tasks.clrs30 import registry
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data.batch_source import Header, SamplerState, StepBatches
from tasks.clrs30.data.sampler import BatchSampler
from tasks.clrs30.protocol import Protocol

_AHEAD = 64  # Batches.


class SamplerProcess:
  """A BatchSampler in a background process, which ends with this one.

  Attributes:
    header: see BatchSource.
  """

  def __init__(
    self,
    protocol: Protocol,
    algorithm: Algorithm,
    seed: int,
    state: SamplerState | None = None,
  ):
    """Starts the process; goes on from `state` if there is one.

    Raises:
      UserError: the process died, or the algorithm failed in it.
    """
    context = multiprocessing.get_context("spawn")
    self._receiver, sender = context.Pipe(duplex=False)
    self._process = context.Process(
      target=_send,
      args=(sender, protocol, registry.reference(algorithm), seed, state),
      daemon=True,
    )
    self._process.start()
    sender.close()  # This copy: the end of the process now ends the pipe.
    self._name = algorithm.name
    self._num_left = protocol.train_steps - (state.taken if state else 0)
    self.header: Header = self._receive()
    self._ahead: queue.Queue[StepBatches | UserError | None]
    self._ahead = queue.Queue(_AHEAD)
    self._reader = threading.Thread(target=self._read, daemon=True)
    self._reader.start()

  def __iter__(self) -> Iterator[StepBatches]:
    """The batches of each step, to the last.

    Raises:
      UserError: the process died, or the algorithm failed in it.
    """
    for _ in range(self._num_left):
      batches = self._ahead.get()
      if batches is None:
        raise self._died()
      if isinstance(batches, UserError):
        raise batches
      yield batches

  def __enter__(self) -> "SamplerProcess":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    self._process.kill()
    self._process.join()
    while self._reader.is_alive():  # It may wait for room in the queue.
      with suppress(queue.Empty):
        self._ahead.get(timeout=0.1)
    self._receiver.close()

  def _receive(self) -> Header:
    try:
      header: Header | UserError = self._receiver.recv()
    except EOFError:
      raise self._died() from None
    if isinstance(header, UserError):
      raise header
    return header

  def _read(self) -> None:
    try:
      while True:
        self._ahead.put(self._receiver.recv())
    except (EOFError, OSError):
      self._ahead.put(None)

  def _died(self) -> UserError:
    self._process.join()
    return UserError(
      f"the sampler of {self._name} died (exit code "
      f"{self._process.exitcode}); is there enough memory? Go on with the same "
      "flags and --resume"
    )


def _send(
  sender: Connection,
  protocol: Protocol,
  reference: registry.Reference,
  seed: int,
  state: SamplerState | None,
) -> None:
  """Sends a header and all batches, or a UserError in place of the rest."""
  signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's.
  os.environ["JAX_PLATFORMS"] = "cpu"  # An accelerator is not for sampling.
  absl.logging.set_verbosity(absl.logging.ERROR)  # As in the parent.
  with suppress(BrokenPipeError):  # Nobody listens any more.
    try:
      algorithm = registry.resolve(reference)
      for drawn in _draws(protocol, algorithm, seed, state):
        sender.send(drawn)
    except UserError as error:
      sender.send(error)


def _draws(
  protocol: Protocol,
  algorithm: Algorithm,
  seed: int,
  state: SamplerState | None,
) -> Iterator[Header | StepBatches]:
  sampler = BatchSampler(protocol, algorithm, seed)
  yield Header(sampler.spec, sampler.example(), sampler.key_seed)
  skipped = 0
  if state and state.generators:
    sampler.restore(state)
  elif state:  # Of BatchFiles: their batches are drawn again.
    skipped = state.taken
  yield from islice(sampler.steps(), skipped, None)
