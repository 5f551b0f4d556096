"""Trainings on the nodes of a cluster of Ray, as many at a time as it lends.

A call trains the groups of a unit, one after the other, in a process of its
own; it writes their checkpoints and curves in the workdir, which all nodes see,
and tells everything else to this process, which alone writes records. If its
node is lost, another call goes on from the checkpoints.
"""

import dataclasses
import os
import pickle
import queue
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import absl.logging
import jax

from harness.core.cluster import Cluster
from harness.core.console import say
from harness.core.errors import UserError
from harness.core.trainings.messages import Failure, Teller, pass_on
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import GroupLine, StatusLine
from harness.core.trainings.trainer import Outcome, Trainer, Training, trained

_POLL_SECONDS = 0.2
_BATCH = 1000  # Messages taken out at once.
# Of a training; after as many something in it must be the cause.
_MOST_LOSSES = 3


class Remote(NamedTuple):
  """A cluster, and what a training takes of it.

  Attributes:
    address: see Cluster.
    cpus: of a node, for each training.
    gpus: likewise; a fraction if several share one.
  """

  address: str
  cpus: int = 1
  gpus: float = 0.0

  @classmethod
  def of(
    cls, address: str | None, jobs: int, cpus: int, gpus: float
  ) -> "Remote | None":
    """The cluster that flags ask for; None if they ask for none.

    Raises:
      UserError: they ask for trainings on this machine, too, or for more than
        one GPU and a part of another.
    """
    if not address:
      return None
    if gpus > 1 and not gpus.is_integer():
      raise UserError(
        f"--gpus_per_job={gpus:g} must be a whole number, or below 1 for a "
        "part of one GPU"
      )
    if jobs > 1:
      raise UserError(
        "--jobs is for one machine; with --ray, as many trainings run at once "
        "as nodes have room for by --cpus_per_job and --gpus_per_job"
      )
    return cls(address, cpus, gpus)

  def connect(self, workdir: Path) -> Cluster:
    """A connection to the cluster.

    Raises:
      UserError: see Cluster; or a node does not see the workdir, or no node has
        what a training takes.
    """
    cluster = Cluster(self.address, [workdir])
    if not self.num_places(cluster):
      most = max(cluster.nodes, key=lambda node: (node.gpus, node.cpus))
      cluster.close()
      raise UserError(
        f"no node of the cluster has --cpus_per_job={self.cpus} and "
        f"--gpus_per_job={self.gpus:g}; {most.name} has {most.cpus} and "
        f"{most.gpus}"
      )
    return cluster

  def num_places(self, cluster: Cluster) -> int:
    """Trainings at a time."""
    found = 0.0
    for node in cluster.nodes:
      by_gpu = node.gpus // self.gpus if self.gpus else float("inf")
      found += min(node.cpus // self.cpus, by_gpu)
    return int(found)


class _Begins(NamedTuple):
  """A message from a call: the training that it is at now."""

  group: SeedGroup


def on_cluster(
  units: Sequence[Sequence[Training]],
  trainer: Trainer,
  status_line: StatusLine,
  cluster: Cluster,
  remote: Remote,
) -> Iterator[tuple[Training, Outcome]]:
  """Trainings with their outcomes, as they end.

  Args:
    units: trainings of a unit are for one process, one after the other.
    trainer: a copy of it goes to each process.
    status_line: is told the progress of all.
    cluster: whose nodes train.
    remote: what a training takes of it.

  Raises:
    UserError: a training raised it, or its process was lost again and again.
  """
  from ray.util.queue import Queue

  mailbox = Queue(
    actor_options={
      "num_cpus": 0,
      "scheduling_strategy": cluster.on(cluster.here),
    }
  )
  calls = _Calls(cluster, remote, pickle.dumps(trainer), mailbox, status_line)
  try:
    for number, unit in enumerate(units):
      calls.begin(_Unit(number, deque(unit)))
    while calls.at_work:
      yield from calls.take_in()
  finally:
    calls.cancel()
    mailbox.shutdown(force=True)


@dataclasses.dataclass(eq=False)
class _Unit:
  """Trainings of a unit, as this process knows them.

  Attributes:
    number: of the unit.
    left: those without an outcome; a call is at the first.
    call: Ray's reference to the call.
    attempts: calls that were begun.
    losses: calls that were lost at the first of those left.
    line: of the first; None before it has begun.
  """

  number: int
  left: deque[Training]
  call: Any = None
  attempts: int = 0
  losses: int = 0
  line: GroupLine | None = None


class _Calls:
  """The calls at work, and what they say.

  Attributes:
    at_work: by number.
  """

  def __init__(
    self,
    cluster: Cluster,
    remote: Remote,
    trainer: bytes,
    mailbox: Any,
    status_line: StatusLine,
  ):
    self.at_work: dict[int, _Unit] = {}
    self._cluster, self._remote = cluster, remote
    self._trainer, self._mailbox = trainer, mailbox
    self._status_line = status_line

  def begin(self, unit: _Unit) -> None:
    """Has the rest of a unit trained; Ray waits for a place for it."""
    unit.attempts += 1
    unit.call = self._cluster.call(
      _train,
      self._trainer,
      list(unit.left),
      self._remote,
      self._status_line.total_steps,
      self._mailbox,
      (unit.number, unit.attempts),
      num_cpus=self._remote.cpus,
      num_gpus=self._remote.gpus,
      max_calls=1,  # What a process has compiled is of no use to the next.
      max_retries=0,
    )
    self.at_work[unit.number] = unit

  def take_in(self) -> list[tuple[Training, Outcome]]:
    """Takes in what was said, after waiting for it for a moment.

    Returns:
      The trainings that have ended.
    """
    calls = {unit.call: unit for unit in self.at_work.values()}
    ended = self._cluster.wait(list(calls), _POLL_SECONDS)
    # Whatever an ended call has said is there by now.
    outcomes = list(self._heard())
    for call in ended:
      self._end(calls[call])
    return outcomes

  def cancel(self) -> None:
    """Ends all calls."""
    for unit in self.at_work.values():
      self._cluster.cancel(unit.call)

  def _heard(self) -> Iterator[tuple[Training, Outcome]]:
    for (number, attempt), message in self._messages():
      unit = self.at_work.get(number)
      # Others are of a call that was given up for lost.
      if unit and attempt == unit.attempts:
        yield from self._hear(unit, message)

  def _messages(self) -> Iterator[tuple[tuple[int, int], Any]]:
    while count := min(self._mailbox.qsize(), _BATCH):
      try:
        yield from self._mailbox.get_nowait_batch(count)
      except queue.Empty:
        return

  def _hear(
    self, unit: _Unit, message: Any
  ) -> Iterator[tuple[Training, Outcome]]:
    if isinstance(message, Failure):  # Perhaps before anything has begun.
      raise message.error
    if isinstance(message, _Begins):
      unit.line = unit.line or self._status_line.begin(message.group)
      return
    assert unit.line
    if not isinstance(message, Outcome):
      pass_on(message, unit.line)
      return
    self._status_line.end(unit.line, message.results)
    unit.line, unit.losses = None, 0
    yield unit.left.popleft(), message

  def _end(self, unit: _Unit) -> None:
    """Forgets a call, or begins another one for what it has left.

    Raises:
      UserError: it was lost too often.
    """
    del self.at_work[unit.number]
    try:
      self._cluster.get(unit.call)
    except self._cluster.lost as error:
      if not unit.left:
        return
      unit.losses += 1
      reason = " ".join(str(error).split())
      subject = unit.left[0].group
      if unit.losses >= _MOST_LOSSES:
        raise UserError(
          f"{subject} was lost {unit.losses} times ({reason}); is there enough "
          "memory on the nodes? What was finished is kept: go on with --resume"
        ) from error
      say(f"{subject} was lost; it goes on from its checkpoint ({reason})")
      self.begin(unit)


def _train(
  pickled: bytes,
  trainings: Sequence[Training],
  remote: Remote,
  total_steps: int,
  mailbox: Any,
  sender: tuple[int, int],
) -> None:
  """Trains on a node; says all there is to say by messages."""
  _limit(remote)
  absl.logging.set_verbosity(absl.logging.ERROR)  # As in the driver.

  def send(message: Any) -> None:
    mailbox.put((sender, message))

  try:
    trainer: Trainer = pickle.loads(pickled)
    watcher = Teller(send, total_steps)
    for training in trainings:
      send(_Begins(training.group))
      send(trained(trainer, training, watcher))
  except Exception as error:
    send(Failure.of(error))


def _limit(remote: Remote) -> None:
  """Keeps this process to its share of a node, before JAX looks at it."""
  os.environ["NPROC"] = str(remote.cpus)
  if not remote.gpus:
    # Not by the environment, which JAX has read on its import.
    jax.config.update("jax_platforms", "cpu")
  elif remote.gpus < 1:
    os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
