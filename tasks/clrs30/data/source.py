"""What a training takes its batches from."""

from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Protocol

import clrs

from tasks.clrs30.data.stream import Drawn


class Header(NamedTuple):
  """What is known of a stream before its first batch; see `sampling.Stream`."""

  spec: clrs.Spec
  example: clrs.Feedback
  key_seed: int


class Source(Protocol):
  """Gives what each step takes, in order; a process or files are behind it.

  Attributes:
    header: see Header.
  """

  header: Header

  def __iter__(self) -> Iterator[Drawn]: ...

  def __enter__(self) -> "Source": ...

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None: ...
