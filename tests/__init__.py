"""The tests, which mirror the packages."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]  # Of the checkout.


def on_devices(count: int) -> dict[str, str]:
  """The environment of a process that has so many devices, all of them CPUs."""
  flags = os.environ.get("XLA_FLAGS", "")
  return os.environ | {
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": f"{flags} --xla_force_host_platform_device_count={count}",
  }
