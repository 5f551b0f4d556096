"""Batch source that draws in the process of the tests, and its protocol."""

import dataclasses
from collections.abc import Iterator
from types import TracebackType

from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data.batch_source import Header, SamplerState, StepBatches
from tasks.clrs30.data.sampler import BatchSampler
from tasks.clrs30.protocol import Protocol


@dataclasses.dataclass(frozen=True)
class SmallProtocol(Protocol):
  """A protocol that validates every algorithm on few trajectories."""

  num_validation: int = 6

  def validation_size(self, algorithm: Algorithm) -> int:
    return self.num_validation


class LiveSampler:
  """A BatchSampler as a BatchSource."""

  def __init__(
    self,
    protocol: Protocol,
    algorithm: Algorithm,
    seed: int,
    state: SamplerState | None = None,
  ):
    """Goes on from `state` if there is one."""
    self._sampler = BatchSampler(protocol, algorithm, seed)
    example = self._sampler.example()
    self.header = Header(self._sampler.spec, example, self._sampler.key_seed)
    if state:
      self._sampler.restore(state)

  def __iter__(self) -> Iterator[StepBatches]:
    return self._sampler.steps()

  def __enter__(self) -> "LiveSampler":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    """Nothing is open."""
