"""A source of batches that are there already."""

from collections.abc import Iterator, Sequence

from tasks.clrs30.data.batch_source import Header, StepBatches


class Given:
  """Draws after the first `taken` ones; see BatchSource."""

  def __init__(
    self, header: Header, draws: Sequence[StepBatches], taken: int = 0
  ):
    self.header = header
    self._draws = draws[taken:]

  def __iter__(self) -> Iterator[StepBatches]:
    return iter(self._draws)

  def __enter__(self) -> "Given":
    return self

  def __exit__(self, *error: object) -> None:
    """Nothing is open."""
