"""Free memory, checked before a training step is tried."""

from harness.core import memory
from harness.core.errors import UserError


def check(needed: int, what: str) -> None:
  """Raises a UserError if a training takes more memory than there is.

  Args:
    needed: bytes on each local device.
    what: a name for the training, in the error.
  """
  free = memory.free()
  if free is not None and needed > free:
    raise UserError(
      f"{what} takes {needed / memory.GIGA:.1f} GB on each device, of which "
      f"{free / memory.GIGA:.1f} GB are free; choose a smaller --batch_size, "
      "or more parts with --accumulate"
    )
