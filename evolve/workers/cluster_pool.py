"""The pool of the workers of all nodes of a cluster, in the driver."""

import contextlib
import os
import queue
import selectors
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import Description, Job
from evolve.workers.node import NodeSetup, NodeWorkers, Results
from harness.core import console
from harness.core.cluster import Cluster, Node
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness

_Result = TypeVar("_Result")
_START_SECONDS = 300.0
_CLOSE_SECONDS = 10.0
# Jobs that a node has beyond those at work, so that none of its workers waits
# for the driver.
_AHEAD = 1


class _Queued(NamedTuple):
  """A job that no node has."""

  number: int
  job: Job[Any]
  urgent: bool


class _Open(NamedTuple):
  """A job without a result."""

  queued: _Queued
  future: Future[Any]


class _Lost(NamedTuple):
  """The end of a node."""

  reason: Exception


class ClusterPool:
  """Does jobs on all nodes; see `Pool`.

  Each node owns a WorkerPool, and with it the confinement of candidates. This
  process keeps the order: a node has hardly more jobs than workers, and those
  of a node that is lost go to the others.
  """

  def __init__(
    self,
    cluster: Cluster,
    fitnesses: Mapping[str, Fitness],
    num_workers: int,
    *,
    prepare: Sequence[tuple[str, int, Fidelity]] = (),
    limits: Limits | None = None,
    tables: bool = False,
  ):
    """Starts the workers of all nodes.

    Args:
      cluster: whose nodes do the jobs.
      fitnesses: see WorkerPool; so for all that follows.
      num_workers: of each node, but no more than it has processors; of a node
        with GPUs, of each GPU.
      prepare: draws made once.
      limits: of every forked process.
      tables: whether there will be tables to train.

    Raises:
      UserError: the workers of some node don't start.
    """
    self._cluster = cluster
    self.compilations: Counter[str] = Counter()
    self._open: dict[int, _Open] = {}  # By number.
    self._queue: deque[_Queued] = deque()
    self._next_number = 0
    self._heard: queue.SimpleQueue[tuple[_Member, Results | _Lost]] = (
      queue.SimpleQueue()
    )
    self._wake, self._alarm = os.pipe()
    os.set_blocking(self._wake, False)
    self._selector = selectors.DefaultSelector()
    self._selector.register(self._wake, selectors.EVENT_READ)
    setup = NodeSetup(
      dict(fitnesses), num_workers, tuple(prepare), limits or Limits(), tables
    )
    self._members = [
      _Member(cluster, node, setup)
      for node in cluster.nodes
      for _ in range(max(1, node.gpus))
    ]
    try:
      self._descriptions = [member.started() for member in self._members]
    except BaseException:
      self.close()
      raise
    for member in self._members:
      threading.Thread(target=self._listen, args=(member,), daemon=True).start()

  def __enter__(self) -> "ClusterPool":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  @property
  def num_workers(self) -> int:
    """Jobs at a time, over all nodes that are left."""
    return sum(member.num_workers for member in self._members)

  @property
  def num_open(self) -> int:
    return len(self._open)

  def submit(
    self, job: Job[_Result], *, urgent: bool = False
  ) -> Future[_Result]:
    """See `Pool`."""
    future: Future[_Result] = Future()
    queued = _Queued(self._next_number, job, urgent)
    self._next_number += 1
    self._open[queued.number] = _Open(queued, future)
    if urgent:
      self._queue.appendleft(queued)
    else:
      self._queue.append(queued)
    self._dispatch()
    return future

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Future[Any]]:
    """See `Pool`.

    Raises:
      UserError: no node is left.
    """
    deadline = time.monotonic() + seconds
    while not (futures := self._collect()) and (self._open or wake is not None):
      if time.monotonic() >= deadline or self._select(deadline, wake):
        return []
    self._dispatch()
    return futures

  def drop_queued(self) -> None:
    """See `Pool`; a node does what it was given."""
    for queued in self._queue:
      self._open.pop(queued.number).future.cancel()
    self._queue.clear()

  def call(self, job: Job[_Result]) -> _Result:
    """See `Pool`."""
    future = self.submit(job)
    while not future.done():
      self.wait()
    return future.result()

  def describe(self) -> Description:
    """The devices of all nodes, and their limits, with any differences."""
    devices = [d for found in self._descriptions for d in found.devices]
    limits: dict[str, dict[str, None]] = {}  # Ordered sets of words.
    for found in self._descriptions:
      for limit, words in found.applied.items():
        limits.setdefault(limit, {})[words] = None
    applied = {limit: " or ".join(words) for limit, words in limits.items()}
    return Description(devices, applied)

  def close(self) -> None:
    """Ends the workers of all nodes."""
    for member in self._members:
      member.close()
    self._selector.close()

  def _dispatch(self) -> None:
    """Gives what waits to the nodes with most room."""
    while self._queue:
      member = max(self._members, key=lambda m: m.room, default=None)
      if member is None or member.room <= 0:
        return
      member.give(self._queue.popleft())

  def _listen(self, member: "_Member") -> None:
    """Hears a node to its end, in a thread of its own."""
    while True:
      try:
        heard: Results | _Lost = member.results()
      except Exception as error:
        heard = _Lost(error)
      self._heard.put((member, heard))
      with contextlib.suppress(OSError):  # It was closed.
        os.write(self._alarm, b".")
      if isinstance(heard, _Lost):
        return

  def _select(self, deadline: float, wake: int | None) -> bool:
    """Waits for a node at the latest until a deadline; True if `wake` is."""
    if wake is not None:
      self._selector.register(wake, selectors.EVENT_READ)
    remaining = max(0.0, deadline - time.monotonic())
    readable = {key.fd for key, _ in self._selector.select(remaining)}
    if wake is not None:
      self._selector.unregister(wake)
    return wake in readable

  def _collect(self) -> list[Future[Any]]:
    with contextlib.suppress(BlockingIOError):
      os.read(self._wake, 4096)
    futures = []
    with contextlib.suppress(queue.Empty):
      while True:
        member, heard = self._heard.get_nowait()
        if isinstance(heard, _Lost):
          self._lose(member, heard.reason)
        else:
          futures += self._take_in(member, heard)
    return futures

  def _take_in(self, member: "_Member", results: Results) -> list[Future[Any]]:
    self.compilations += results.compilations
    futures = []
    for number, result, error in results.ended:
      member.given.discard(number)
      future = self._open.pop(number).future
      if error:
        future.set_exception(error)
      else:
        future.set_result(result)
      futures.append(future)
    return futures

  def _lose(self, member: "_Member", reason: Exception) -> None:
    """Gives the jobs of a node to the others.

    Raises:
      UserError: there are none.
    """
    self._members.remove(member)
    words = " ".join(str(reason).split()) or type(reason).__name__
    name = member.node.name
    if not self._members:
      raise UserError(
        f"the last node, {name}, is lost ({words}); what was committed is "
        "kept, go on with --resume"
      )
    again = sorted(member.given, reverse=True)
    self._queue.extendleft(self._open[number].queued for number in again)
    console.say(
      f"node {name} is lost; its {len(again)} jobs go to the "
      f"{len(self._members)} that are left ({words})"
    )
    self._dispatch()


class _Member:
  """A node, as the driver knows it.

  Attributes:
    node: of the cluster.
    num_workers: that it has.
    given: numbers of its jobs without a result.
  """

  def __init__(self, cluster: Cluster, node: Node, setup: NodeSetup):
    count = max(1, node.gpus)
    self.node = node
    self.num_workers = max(1, min(setup.num_workers, node.cpus // count))
    self.given: set[int] = set()
    self._cluster = cluster
    self._actor = cluster.start(
      NodeWorkers,
      setup._replace(num_workers=self.num_workers),
      num_cpus=self.num_workers,
      num_gpus=1 if node.gpus else 0,
      max_concurrency=4,
      max_restarts=0,
      scheduling_strategy=cluster.on(node.id),
    )
    self._starts = self._actor.start.remote()

  @property
  def room(self) -> int:
    return self.num_workers + _AHEAD - len(self.given)

  def started(self) -> Description:
    """Waits until its workers can work.

    Raises:
      UserError: they don't start.
    """
    try:
      found: Description = self._cluster.get(self._starts, _START_SECONDS)
    except TimeoutError:
      raise UserError(
        f"node {self.node.name} has not started its {self.num_workers} workers "
        f"after {_START_SECONDS:.0f} s; are its processors lent to others? See "
        "ray status"
      ) from None
    except UserError as error:
      raise UserError(f"node {self.node.name}: {error}") from error
    except self._cluster.lost as error:
      raise UserError(f"node {self.node.name} is lost: {error}") from error
    return found

  def give(self, queued: _Queued) -> None:
    self.given.add(queued.number)
    self._actor.submit.remote(*queued)

  def results(self) -> Results:
    results: Results = self._cluster.get(self._actor.results.remote())
    return results

  def close(self) -> None:
    """Ends its workers, and the process that owns them."""
    with contextlib.suppress(*self._cluster.lost, TimeoutError):
      self._cluster.get(self._actor.close.remote(), _CLOSE_SECONDS)
    self._cluster.kill(self._actor)
