"""The contract between a benchmark, which trains, and what schedules trainings.

A benchmark gives a Trainer, which knows nothing of processes and machines; a
scheduler has it train groups of seeds, in its own process or in others, and
takes their results in.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import TrainingProgress


class Watcher(Protocol):
  """Told where a training is."""

  def stage(self, words: str) -> None:
    """It is at something that makes no steps, as compiling."""

  def show(self, progress: TrainingProgress) -> None:
    """It has made a step."""

  def say(self, subject: str, text: str) -> None:
    """It has something to say, which others may say of the same subject."""


class Trainer(Protocol):
  """Trains groups, one after the other.

  It can be pickled as long as it has trained none. Groups of one task and
  activation come one after the other, so that it may keep what they share.
  """

  @property
  def compilations(self) -> int:
    """Programs compiled so far."""

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> Iterable[Mapping[str, Any]]:
    """Trains a group, or goes on from its checkpoint.

    Returns:
      The result of each seed, as JSON values.

    Raises:
      UserError: it can't go on.
    """


class Training(NamedTuple):
  """A group to be trained.

  Attributes:
    group: of seeds.
    path: of its checkpoint.
    settings: everything that decides its result, as JSON values.
  """

  group: SeedGroup
  path: Path
  settings: Mapping[str, Any]


class Outcome(NamedTuple):
  """The end of a training.

  Attributes:
    results: of its seeds, as JSON values.
    seconds: that it took, in all processes that worked at it.
    compilations: programs that were compiled for it.
  """

  results: list[Mapping[str, Any]]
  seconds: float
  compilations: int


def trained(trainer: Trainer, training: Training, watcher: Watcher) -> Outcome:
  """Trains a group in this process; its checkpoint stays."""
  before = trainer.compilations
  checkpoint = Checkpoint(training.path, training.settings)
  results = list(trainer.train(training.group, checkpoint, watcher))
  compilations = trainer.compilations - before
  return Outcome(results, checkpoint.seconds, compilations)
