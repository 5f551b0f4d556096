"""Settings of a run on ogbg-molhiv."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core.fitness import Activation
from harness.core.trainings.on_cluster import Remote
from tasks.molhiv.protocol import Protocol

DATASET = "ogbg-molhiv"


@dataclasses.dataclass(frozen=True)
class Config:
  """Settings of a run.

  Attributes:
    protocol: of every training.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    data_dir: holds the files; see `layout`.
    jobs: trainings at a time, in processes of their own.
    remote: a cluster that trains, instead of this machine.
  """

  protocol: Protocol
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  data_dir: Path
  jobs: int = 1
  remote: Remote | None = None

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results but the molecules, as JSON values."""
    return {
      "dataset": DATASET,
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      **dataclasses.asdict(self.protocol),
    }
