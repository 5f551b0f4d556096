"""Batch source of given batches."""

from collections.abc import Iterator, Sequence

from tasks.clrs30.data.batch_source import Header, StepBatches


class Given:
  """The given steps after the first `taken` ones; see BatchSource."""

  def __init__(
    self, header: Header, steps: Sequence[StepBatches], taken: int = 0
  ):
    self.header = header
    self._steps = steps[taken:]

  def __iter__(self) -> Iterator[StepBatches]:
    return iter(self._steps)

  def __enter__(self) -> "Given":
    return self

  def __exit__(self, *error: object) -> None:
    """Nothing is open."""
