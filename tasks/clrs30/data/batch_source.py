"""Batches of a training, step by step, from whatever draws or keeps them."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Protocol

import clrs
import numpy as np


class SamplerState(NamedTuple):
  """The state of a sampler between two steps.

  Attributes:
    taken: training batches so far.
    generators: states of all its random generators; none in the states of
      BatchFiles, which have no generator.
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
  def from_json(cls, record: Mapping[str, Any]) -> "SamplerState":
    """The inverse of `to_json`."""
    generators = [
      (kind, np.array(keys, np.uint32), *rest)
      for kind, keys, *rest in record["generators"]
    ]
    return cls(record["taken"], generators, list(record["max_steps"]))


class StepBatches(NamedTuple):
  """The batches of one step of training.

  Attributes:
    training: its batch.
    validation: the batches of the validation after it; none after most steps.
    state: of the sampler after both.
  """

  training: clrs.Feedback
  validation: list[clrs.Feedback]
  state: SamplerState


class Header(NamedTuple):
  """Facts about a training that precede its first batch.

  Attributes:
    spec: of the algorithm, as its batches have it.
    example: the batch that upstream takes to learn sizes from.
    key_seed: upstream's seed of the keys of the training.
  """

  spec: clrs.Spec
  example: clrs.Feedback
  key_seed: int


class BatchSource(Protocol):
  """The batches of each step, in order; a process or files are behind it.

  Attributes:
    header: see Header.
  """

  header: Header

  def __iter__(self) -> Iterator[StepBatches]: ...

  def __enter__(self) -> "BatchSource": ...

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None: ...
