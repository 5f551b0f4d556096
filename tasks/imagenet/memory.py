"""Free memory, checked before a training step is tried."""

from pathlib import Path

import jax

from harness.core.errors import UserError

_GIGA = 1e9


def check(needed: int, what: str) -> None:
  """Raises a UserError if a training takes more memory than there is.

  Args:
    needed: bytes on each local device.
    what: a name for the training, in the error.
  """
  free = _free()
  if free is not None and needed > free:
    raise UserError(
      f"{what} takes {needed / _GIGA:.1f} GB on each device, of which "
      f"{free / _GIGA:.1f} GB are free; choose a smaller --batch_size, or "
      "more parts with --accumulate"
    )


def _free() -> float | None:
  """Free bytes on each local device; None if the device does not say."""
  device = jax.local_devices()[0]
  if device.platform == "cpu":
    return _host_free() / jax.local_device_count()
  stats = device.memory_stats()
  if not stats or "bytes_limit" not in stats:
    return None
  return float(stats["bytes_limit"] - stats["bytes_in_use"])


def _host_free() -> int:
  for line in Path("/proc/meminfo").read_text().splitlines():
    name, value = line.split(":")
    if name == "MemAvailable":
      return int(value.split()[0]) * 1024
  raise RuntimeError("/proc/meminfo has no MemAvailable")
