"""Suites: which tasks of a stream an evaluation takes, and their label.

The label of a suite, such as lab@2/64/0, holds all that chooses its tasks: the
stream with its version, the number of tasks, and the number of the draw.
"""

import dataclasses
import itertools
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from harness.core.errors import UserError, unknown
from tasks.lab.generator import Generator, Stream
from tasks.lab.task import Task

# A change to a generator, or to how the lab trains and scores, raises it.
VERSION = 2
NUM_TASKS = 64

# Shares of the tasks, and so of the value; a family that is not named counts
# as much as the smallest.
SHARES = {
  "reasoning": 0.40,
  "polynomials": 0.20,
  "feynman": 0.25,
  "harmonics": 0.15,
}


@dataclasses.dataclass(frozen=True)
class Suite:
  """A draw of tasks from a stream.

  Attributes:
    stream: a Stream, or one that an out-of-tree module names.
    num_tasks: how many; fewer where the generators have no more.
    draw: further draws of the same stream hold other tasks.
  """

  stream: str = Stream.LAB
  num_tasks: int = NUM_TASKS
  draw: int = 0

  @classmethod
  def of(cls, text: str, num_tasks: int = NUM_TASKS, draw: int = 0) -> "Suite":
    """The suite of a stream's name, e.g. lab or lab@2, or of a whole label.

    Raises:
      UserError: it names another version.
    """
    found = re.fullmatch(r"([^@/]+)(?:@(\w+))?(?:/(\d+)/(\d+))?", text)
    if not found:
      raise unknown("suite", text, list(Stream))
    stream, version, count, number = found.groups()
    if version and stream in list(Stream) and version != str(VERSION):
      raise UserError(
        f"{text}: this version of the project has {stream}@{VERSION}; values "
        "of two versions never mix"
      )
    if count:
      return cls(stream, int(count), int(number))
    return cls(stream, num_tasks, draw)

  @property
  def label(self) -> str:
    version = f"@{VERSION}" if self.stream in list(Stream) else ""
    return f"{self.stream}{version}/{self.num_tasks}/{self.draw}"

  @property
  def may_be_optimised(self) -> bool:
    """False for tasks that report, or that decide about the lab itself."""
    return self.stream == Stream.LAB or self.stream not in list(Stream)

  def tasks(self, generators: Iterable[Generator]) -> list[Task]:
    """The tasks, by family and name; the same whenever they are asked for."""
    families: dict[str, list[Generator]] = {}
    for generator in sorted(generators, key=lambda g: g.name):
      if self.stream in generator.streams:
        families.setdefault(generator.family, []).append(generator)
    sources = {f: self._drawn(families[f]) for f in sorted(families)}
    chosen: list[Task] = []
    while sources and len(chosen) < self.num_tasks:
      quotas = _quotas(list(sources), self.num_tasks - len(chosen))
      for family, quota in quotas.items():
        drawn = list(itertools.islice(sources[family], quota))
        if len(drawn) < quota:  # The other families make up for it.
          del sources[family]
        chosen += drawn
    return sorted(chosen, key=lambda t: (t.family, t.name))

  def _drawn(self, generators: Sequence[Generator]) -> Iterator[Task]:
    """Tasks of all generators, one of each in turn, in a random order."""
    order = self.rng("order").permutation(len(generators))
    waiting = [
      generators[i].tasks(self.rng(generators[i].name), self.stream)
      for i in order
    ]
    while waiting:
      for source in list(waiting):
        task = next(source, None)
        if task is None:
          waiting.remove(source)
        else:
          yield task

  def rng(self, name: str) -> np.random.Generator:
    """The source of randomness for the draws of a generator."""
    words = (self.stream, name)
    return np.random.default_rng(
      [self.draw, *(zlib.crc32(word.encode()) for word in words)]
    )


LAB = Suite()


def _quotas(families: Sequence[str], count: int) -> dict[str, int]:
  """The number of tasks of each family, `count` in all."""
  least = min(SHARES.values())
  shares = {f: SHARES.get(f, least) for f in families}
  exact = {f: count * s / sum(shares.values()) for f, s in shares.items()}
  quotas = {f: math.floor(share) for f, share in exact.items()}
  rest = count - sum(quotas.values())
  for family in sorted(exact, key=lambda f: quotas[f] - exact[f])[:rest]:
    quotas[family] += 1
  return quotas
