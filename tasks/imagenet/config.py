"""Settings of a run on a data set of images."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core.fitness import Activation
from harness.core.trainings.on_cluster import Remote
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.recipes import Recipe


@dataclasses.dataclass(frozen=True)
class Config:
  """Settings of a run.

  Attributes:
    dataset: to train and to test on.
    recipe: of every training.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    image_size: H and W.
    seeds_per_program: trainings that share a compiled program.
    data_dir: of TFDS.
    jobs: trainings at a time, in processes of their own.
    remote: a cluster that trains, instead of this machine.
  """

  dataset: Dataset
  recipe: Recipe
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  image_size: int
  seeds_per_program: int
  data_dir: Path
  jobs: int = 1
  remote: Remote | None = None

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results, as JSON values."""
    return {
      "dataset": self.dataset.name,
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      "image_size": self.image_size,
      "seeds_per_program": self.seeds_per_program,
      **dataclasses.asdict(self.recipe),
    }
