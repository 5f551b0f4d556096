"""Generators, which task files register: each draws tasks of one kind."""

import dataclasses
import enum
from collections.abc import Callable, Iterator

import numpy as np

from harness.core.errors import UserError
from tasks.lab.task import Task


class Stream(enum.StrEnum):
  """The purpose of tasks.

  A search optimises LAB. FRESH and HELDOUT report and never choose: other draws
  of the lab's generators, and draws of other generators. Decisions about the
  lab itself look at DEV, further draws of the lab's generators, and at
  DEV_HELDOUT, of others.
  """

  LAB = "lab"
  FRESH = "fresh"
  DEV = "dev"
  HELDOUT = "heldout"
  DEV_HELDOUT = "dev_heldout"


# Streams that share generators, as often as a stream gets a drawn task.
SHARED = (Stream.LAB, Stream.LAB, Stream.FRESH, Stream.DEV)

_ATTEMPTS = 400


@dataclasses.dataclass(frozen=True)
class Generator:
  """Draws tasks of one kind.

  Attributes:
    name: unique among all generators; its tasks are named after it.
    family: tasks of a family are reported together.
    source: the origin of the question.
    draw: a task with random parameters; with the same parameters always the
      same task. It leaves out what is stated here.
    streams: that its tasks belong to. Each task belongs to one of them, which
      its parameters determine; a question without parameters has one stream.
    tags: further words that select the tasks.
  """

  name: str
  family: str
  source: str
  draw: Callable[[np.random.Generator], Task]
  streams: tuple[str, ...] = SHARED
  tags: tuple[str, ...] = ()

  def tasks(self, rng: np.random.Generator, stream: str) -> Iterator[Task]:
    """Different tasks of a stream, until no further ones are found.

    Raises:
      UserError: a question without parameters is given to several streams.
    """
    seen: set[str] = set()
    while task := self._first_new(rng, stream, seen):
      seen.add(task.name)
      yield task

  def _first_new(
    self, rng: np.random.Generator, stream: str, seen: set[str]
  ) -> Task | None:
    for _ in range(_ATTEMPTS):
      task = self.one(rng)
      if self.stream_of(task) == stream and task.name not in seen:
        return task
      if not task.parameters:  # It would be drawn for ever.
        return None
    return None

  def one(self, rng: np.random.Generator) -> Task:
    """A task of any stream."""
    task = self.draw(rng)
    name = (
      f"{self.name}-{task.fingerprint:08x}" if task.parameters else self.name
    )
    return dataclasses.replace(
      task,
      name=name,
      family=self.family,
      generator=self.name,
      source=self.source,
      tags=self.tags,
    )

  def stream_of(self, task: Task) -> str:
    """The one stream that a task of this generator belongs to."""
    if not task.parameters and len(set(self.streams)) > 1:
      raise UserError(
        f"generator {self.name!r} has one task, which can't be in several "
        f"streams ({', '.join(dict.fromkeys(self.streams))}); give it "
        "parameters, or one stream"
      )
    return str(self.streams[task.fingerprint % len(self.streams)])
