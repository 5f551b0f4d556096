"""Sampler of training and validation batches, equal to upstream's to the bit.

Upstream draws the seeds of its samplers and random positions from one
generator, so a batch depends on all before it, validation included.
"""

from collections.abc import Iterator
from typing import Any

import clrs
import numpy as np

from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data.batch_source import SamplerState, StepBatches
from tasks.clrs30.protocol import Protocol

_SEEDS = 2**32


class BatchSampler:
  """The batches of one training, drawn in this process.

  Attributes:
    spec: of the algorithm, as its batches have it.
    key_seed: upstream's seed of the keys of the training.
  """

  def __init__(self, protocol: Protocol, algorithm: Algorithm, seed: int):
    """Draws the validation trajectories, and many of each training length.

    Upstream pads trajectories to the longest of a thousand.

    Args:
      protocol: lengths and sizes.
      algorithm: that is learned.
      seed: as upstream's --seed.
    """
    self._rng = np.random.RandomState(seed)
    self.key_seed = int(self._rng.randint(_SEEDS))
    self._protocol = protocol
    self._taken = 0

    def build(length: int, num_samples: int) -> Any:
      seed = self._rng.randint(_SEEDS)
      return algorithm.training_sampler(length, num_samples, seed)

    unlimited = -1
    self._samplers = [
      build(length, unlimited) for length in protocol.lengths_for(algorithm)
    ]
    self._num_validation = protocol.validation_size(algorithm)
    validation = build(
      protocol.validation_length(algorithm), self._num_validation
    )
    self._train = [self._batches(algorithm, s)[1] for s in self._samplers]
    self.spec, self._validation = self._batches(algorithm, validation)
    self._samplers.append(validation)

  def next_training(self) -> clrs.Feedback:
    """The next batch; lengths take turns."""
    feedback = next(self._train[self._taken % len(self._train)])
    self._taken += 1
    return feedback

  def next_validation(self) -> list[clrs.Feedback]:
    """The batches of the next validation."""
    size = self._protocol.batch_size
    return [
      next(self._validation) for _ in range(0, self._num_validation, size)
    ]

  def steps(self) -> Iterator[StepBatches]:
    """The batches of each step, from the next one to the protocol's last."""
    for step in range(self._taken, self._protocol.train_steps):
      training, validation = self.next_training(), []
      if self._protocol.validates_after(step):
        validation = self.next_validation()
      yield StepBatches(training, validation, self.state())

  def example(self) -> clrs.Feedback:
    """The batch that upstream learns sizes from, drawn before all others."""
    return next(self._validation)

  def state(self) -> SamplerState:
    return SamplerState(
      self._taken,
      [generator.get_state() for generator in self._generators],
      [sampler.max_steps for sampler in self._samplers[:-1]],
    )

  def restore(self, state: SamplerState) -> None:
    """Goes on from a state of a sampler with the same arguments."""
    self._taken = state.taken
    for generator, saved in zip(
      self._generators, state.generators, strict=True
    ):
      generator.set_state(saved)
    for sampler, steps in zip(
      self._samplers[:-1], state.max_steps, strict=True
    ):
      sampler.max_steps = steps

  @property
  def _generators(self) -> list[np.random.RandomState]:
    return [self._rng, *(sampler._rng for sampler in self._samplers)]

  def _batches(
    self, algorithm: Algorithm, sampler: Any
  ) -> tuple[clrs.Spec, Iterator[clrs.Feedback]]:
    """A sampler's batches, as the network takes them."""
    batches = iter(lambda: sampler.next(self._protocol.batch_size), None)
    return prepared(algorithm, clrs.process_random_pos(batches, self._rng))


def prepared(
  algorithm: Algorithm, batches: Iterator[clrs.Feedback]
) -> tuple[clrs.Spec, Iterator[clrs.Feedback]]:
  """Specification and batches as the network takes them.

  Constant predecessors become an input, permutations are enforced.
  """
  spec = algorithm.spec
  if algorithm.has_predecessors_as_input:
    spec, batches = clrs.process_pred_as_input(spec, batches)
  spec, batches = clrs.process_permutations(spec, batches, True)
  return spec, batches


def spec_of(algorithm: Algorithm) -> clrs.Spec:
  """The specification of an algorithm's batches as the network takes them."""
  spec, _ = prepared(algorithm, iter(()))
  return spec
