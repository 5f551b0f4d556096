"""A source of batches that are there already."""

from collections.abc import Iterator, Sequence

from tasks.clrs30.data.source import Header
from tasks.clrs30.data.stream import Drawn


class Given:
  """Draws after the first `taken` ones; see Source."""

  def __init__(self, header: Header, draws: Sequence[Drawn], taken: int = 0):
    self.header = header
    self._draws = draws[taken:]

  def __iter__(self) -> Iterator[Drawn]:
    return iter(self._draws)

  def __enter__(self) -> "Given":
    return self

  def __exit__(self, *error: object) -> None:
    """Nothing is open."""
