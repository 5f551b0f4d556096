"""Settings of a run on CLRS-30."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core.fitness import Activation
from harness.core.trainings.on_cluster import Remote
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import Protocol


@dataclasses.dataclass(frozen=True)
class Config:
  """Settings of a run.

  Attributes:
    algorithms: that are learned.
    activations: by the name or path that was given.
    program_ids: of the activations.
    seeds: each is a training of its own.
    protocol: of every training and its test.
    processor: a name in DESIGNS.
    sites: of the activation; see Sites.
    seeds_per_program: trainings that share a compiled program and a device.
    data_dir: of the test splits; see `test_split`.
    samples_dir: batches and test splits to use in place of drawing them; see
      batch_files.
    jobs: trainings at a time, in processes of their own.
    remote: a cluster that trains, instead of this machine.
  """

  algorithms: Sequence[Algorithm]
  activations: Mapping[str, Activation]
  program_ids: Mapping[str, str]
  seeds: Sequence[int]
  protocol: Protocol
  processor: str
  sites: Sites
  seeds_per_program: int
  data_dir: Path
  samples_dir: Path | None = None
  jobs: int = 1
  remote: Remote | None = None

  @property
  def by_name(self) -> dict[str, Algorithm]:
    return {algorithm.name: algorithm for algorithm in self.algorithms}

  @property
  def num_on_machine(self) -> int:
    """Trainings at a time on the machine that asks, at the most."""
    if self.remote:
      return max(1, (os.cpu_count() or 1) // self.remote.cpus)
    return self.jobs

  def settings(self) -> dict[str, Any]:
    """Everything that decides the results, as JSON values."""
    return {
      "algorithms": list(self.by_name),
      "algorithm_files": {
        name: algorithm.label
        for name, algorithm in self.by_name.items()
        if algorithm.label
      },
      "activations": dict(self.program_ids),
      "seeds": list(self.seeds),
      "processor": self.processor,
      "sites": self.sites.value,
      "seeds_per_program": self.seeds_per_program,
      **self.protocol.settings(),
    }
