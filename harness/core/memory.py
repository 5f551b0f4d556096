"""Free memory of the devices."""

from pathlib import Path

import jax

GIGA = 1e9


def free() -> float | None:
  """Free bytes on each local device; None if the device does not say."""
  device = jax.local_devices()[0]
  if device.platform == "cpu":
    return host_free() / jax.local_device_count()
  stats = device.memory_stats()
  if not stats or "bytes_limit" not in stats:
    return None
  return float(stats["bytes_limit"] - stats["bytes_in_use"])


def host_free() -> int:
  """Free bytes of the machine itself."""
  for line in Path("/proc/meminfo").read_text().splitlines():
    name, value = line.split(":")
    if name == "MemAvailable":
      return int(value.split()[0]) * 1024
  raise RuntimeError("/proc/meminfo has no MemAvailable")
