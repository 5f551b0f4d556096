"""Small streams that are drawn in this process."""

import dataclasses
from collections.abc import Iterator
from types import TracebackType

from tasks.clrs30.data.source import Header
from tasks.clrs30.data.stream import Drawn, Stream, StreamState
from tasks.clrs30.protocol import Protocol


@dataclasses.dataclass(frozen=True)
class Few(Protocol):
  """A protocol with few trajectories to validate, whatever the algorithm."""

  num_validation: int = 6

  def validation_size(self, algorithm: str) -> int:
    return self.num_validation


class Live:
  """A stream as a source; see Source."""

  def __init__(
    self,
    protocol: Protocol,
    algorithm: str,
    seed: int,
    state: StreamState | None = None,
  ):
    """Goes on from `state` if there is one."""
    self._stream = Stream(protocol, algorithm, seed)
    example = self._stream.example()
    self.header = Header(self._stream.spec, example, self._stream.key_seed)
    if state:
      self._stream.restore(state)

  def __iter__(self) -> Iterator[Drawn]:
    return self._stream.draws()

  def __enter__(self) -> "Live":
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    """Nothing is open."""
