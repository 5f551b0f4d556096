"""The contract of an algorithm: its specification, instances and solution."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import clrs

# dm-clrs' samplers have nothing to draw on fewer nodes.
MIN_NODES = 4


def _no_arguments(length: int) -> Mapping[str, Any]:
  del length
  return {}


@dataclasses.dataclass(frozen=True)
class Algorithm:
  """An algorithm that networks learn, and what sets its protocol apart.

  Attributes:
    name: unique among all.
    spec: stage, location and type of each probe by name, as dm-clrs has them.
    sampler: class of dm-clrs' samplers that draws and batches instances.
    run: maps an instance to its answer and its probes, as dm-clrs' functions
      do.
    training_arguments: how training differs, as arguments of the sampler for a
      number of nodes; tests have its defaults.
    num_samples_multiplier: trajectories of validations and tests, as a multiple
      of the benchmark's.
    min_nodes: the fewest on which instances can be drawn.
    has_one_length: True if it trains on 5/4 of the longest length alone.
    has_one_size: True if instances have as many nodes whatever number is asked
      for.
    has_predecessors_as_input: True if predecessors, which are hints that are
      constant along trajectories, become an input.
    label: its file and a hash of the text; empty for those of dm-clrs.
  """

  name: str
  spec: clrs.Spec
  sampler: Callable[..., Any]
  run: Callable[..., tuple[Any, Any]]
  training_arguments: Callable[[int], Mapping[str, Any]] = _no_arguments
  num_samples_multiplier: int = 1
  min_nodes: int = MIN_NODES
  has_one_length: bool = False
  has_one_size: bool = False
  has_predecessors_as_input: bool = False
  label: str = ""

  @property
  def folder(self) -> str:
    """The folder of its samples, where those of another text never lie."""
    _, _, text = self.label.rpartition("@")
    return f"{self.name}@{text}" if text else self.name

  def benchmark_size(self, split: str) -> int:
    """Trajectories in the benchmark's "val" or "test" split."""
    size: int = clrs.CLRS30[split]["num_samples"]
    return size * self.num_samples_multiplier

  def train_lengths(self, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers of nodes to train on, of those that a protocol has."""
    return (max(lengths) * 5 // 4,) if self.has_one_length else lengths

  def training_sampler(self, length: int, num_samples: int, seed: int) -> Any:
    """dm-clrs' sampler of instances as training and validation have them.

    Args:
      length: number of nodes.
      num_samples: that are drawn now; -1 to draw each batch when it is taken.
      seed: of its generator.
    """
    return self.sampler(
      self.run,
      self.spec,
      num_samples,
      seed=seed,
      length=length,
      **self.training_arguments(length),
    )

  def instances(
    self, length: int, seed: int, *, for_training: bool
  ) -> Iterator[list[Any]]:
    """Instances without end, as arguments of `run`."""
    arguments = {"length": length}
    if for_training:
      arguments |= self.training_arguments(length)
    sampler = self.sampler(
      self.run, self.spec, -1, seed=seed, track_max_steps=False, **arguments
    )
    while True:
      yield sampler._sample_data(**arguments)
