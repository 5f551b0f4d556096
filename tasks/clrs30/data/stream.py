"""Training and validation trajectories, batch for batch those of upstream.

Upstream draws seeds of samplers and random positions from one generator, so
which batch is next depends on all before it, validation included.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import clrs
import numpy as np

from tasks.clrs30.protocol import (
  Protocol,
  has_predecessors_as_input,
  sampler_arguments,
)

_SEEDS = 2**32


class StreamState(NamedTuple):
  """Where a stream is: what it takes to go on from there.

  Attributes:
    taken: training batches so far.
    generators: states of all its random generators.
    max_steps: the longest trajectory of each training sampler.
  """

  taken: int
  generators: list[Any]
  max_steps: list[int]

  def to_json(self) -> dict[str, Any]:
    generators = [
      [kind, keys.tolist(), *rest] for kind, keys, *rest in self.generators
    ]
    return {**self._asdict(), "generators": generators}

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "StreamState":
    """The inverse of `to_json`."""
    generators = [
      (kind, np.array(keys, np.uint32), *rest)
      for kind, keys, *rest in record["generators"]
    ]
    return cls(record["taken"], generators, list(record["max_steps"]))


class Drawn(NamedTuple):
  """What one step of training takes.

  Attributes:
    training: its batch.
    validation: the batches of the validation after it; none after most steps.
    state: of the stream after both.
  """

  training: clrs.Feedback
  validation: list[clrs.Feedback]
  state: StreamState


class Stream:
  """The batches of one training.

  Attributes:
    spec: of the algorithm, as its batches have it.
    key_seed: what upstream seeds the keys of the training with.
  """

  def __init__(self, protocol: Protocol, algorithm: str, seed: int):
    """Draws the validation trajectories, and a thousand to know their length.

    Args:
      protocol: lengths and sizes.
      algorithm: one of CLRS-30.
      seed: as upstream's --seed.
    """
    self._rng = np.random.RandomState(seed)
    self.key_seed = int(self._rng.randint(_SEEDS))
    self._protocol = protocol
    self._taken = 0
    arguments = sampler_arguments(algorithm)

    def build(length: int, num_samples: int) -> Any:
      sampler, _ = clrs.build_sampler(
        algorithm,
        seed=self._rng.randint(_SEEDS),
        num_samples=num_samples,
        length=length,
        **arguments,
      )
      return sampler

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

  def draws(self) -> Iterator[Drawn]:
    """For each step, from the next one to the last of the protocol."""
    for step in range(self._taken, self._protocol.train_steps):
      training, validation = self.next_training(), []
      if self._protocol.validates_after(step):
        validation = self.next_validation()
      yield Drawn(training, validation, self.state())

  def example(self) -> clrs.Feedback:
    """The batch that upstream takes to learn sizes from, before all others."""
    return next(self._validation)

  def state(self) -> StreamState:
    return StreamState(
      self._taken,
      [generator.get_state() for generator in self._generators],
      [sampler.max_steps for sampler in self._samplers[:-1]],
    )

  def restore(self, state: StreamState) -> None:
    """Goes on from a state of a stream of the same arguments."""
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
    self, algorithm: str, sampler: Any
  ) -> tuple[clrs.Spec, Iterator[clrs.Feedback]]:
    """A sampler's batches, as the network takes them."""
    batches = iter(lambda: sampler.next(self._protocol.batch_size), None)
    return prepared(algorithm, clrs.process_random_pos(batches, self._rng))


def prepared(
  algorithm: str, batches: Iterator[clrs.Feedback]
) -> tuple[clrs.Spec, Iterator[clrs.Feedback]]:
  """Batches, and their specification, as the network takes them.

  Constant predecessors become an input, permutations are enforced.
  """
  spec = clrs.SPECS[algorithm]
  if has_predecessors_as_input(algorithm):
    spec, batches = clrs.process_pred_as_input(spec, batches)
  spec, batches = clrs.process_permutations(spec, batches, True)
  return spec, batches


def spec_of(algorithm: str) -> clrs.Spec:
  """The specification of an algorithm's batches as the network takes them."""
  spec, _ = prepared(algorithm, iter(()))
  return spec
