"""Groups of seeds that are trained side by side."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harness.core.naming import short_names


class SeedGroup(NamedTuple):
  """Trainings of one activation that share a compiled program.

  Attributes:
    task: what they learn: an algorithm, or a data set.
    activation: by the name or path that was given.
    seeds: one training each.
  """

  task: str
  activation: str
  seeds: tuple[int, ...]

  def __str__(self) -> str:
    seeds = ",".join(map(str, self.seeds))
    return f"{self.task}, {self.activation}, seed {seeds}"

  def file_name(self, program_id: str) -> str:
    """The name of its checkpoint, given the activation's program."""
    return f"{self.task}-{program_id}-seed{self.seeds[0]}.npz"

  def curves_name(self, activations: Iterable[str]) -> str:
    """The name of its curves, unique among those of all `activations`."""
    first, last = self.seeds[0], self.seeds[-1]
    seeds = f"seed{first}" if first == last else f"seeds{first}-{last}"
    return f"{self.task}/{short_names(activations)[self.activation]}-{seeds}"


def seed_groups(
  tasks: Iterable[str],
  activations: Iterable[str],
  seeds: Sequence[int],
  size: int,
) -> list[SeedGroup]:
  """All groups of up to `size` seeds, task by task."""
  parts = [tuple(seeds[i : i + size]) for i in range(0, len(seeds), size)]
  return list(
    itertools.starmap(SeedGroup, itertools.product(tasks, activations, parts))
  )
