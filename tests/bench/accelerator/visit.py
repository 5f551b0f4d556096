"""A part's share of a visit: its time, and where its results go."""

import dataclasses
import time
from pathlib import Path
from typing import Any

import jax

from harness.core import console, records

MEASURES = "measures.jsonl"


@dataclasses.dataclass(frozen=True)
class Visit:
  """The settings of a part of a visit.

  Attributes:
    part: its name.
    out: a folder; gets the results.
    kit: the folder of the kit.
    seconds: that the part has from now on.
    is_trial: whether it only shows that it works, with the smallest settings.
  """

  part: str
  out: Path
  kit: Path
  seconds: float
  is_trial: bool
  begun: float = dataclasses.field(default_factory=time.monotonic)

  @property
  def left(self) -> float:
    """Seconds left."""
    return self.begun + self.seconds - time.monotonic()

  def add(self, name: str, value: float | str, unit: str, **more: Any) -> None:
    """Prints a result and writes it to the file of measures.

    Args:
      name: what was measured.
      value: a number, or why there is none.
      unit: of the number.
      more: settings that it depends on, as JSON values.
    """
    settings = "".join(f", {key} {more[key]}" for key in more)
    shown = f"{value:.4g}" if isinstance(value, float) else str(value)
    console.say(f"{self.part}: {name}{settings}: {shown} {unit}".rstrip())
    record = {
      "schema_version": records.SCHEMA_VERSION,
      "part": self.part,
      "name": name,
      "value": value,
      "unit": unit,
      "settings": more,
      "device": jax.devices()[0].device_kind,
      "jax": jax.__version__,
    }
    records.append_jsonl(self.out / MEASURES, record)


def peak_memory() -> int | None:
  """The most bytes that this process had on the device; None if unknown."""
  stats = jax.local_devices()[0].memory_stats() or {}
  return stats.get("peak_bytes_in_use")


def is_out_of_memory(error: Exception) -> bool:
  """True of the error by which XLA says that the device is full."""
  return "RESOURCE_EXHAUSTED" in str(error)
