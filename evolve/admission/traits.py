"""What the parent keeps of a probe: a niche, and a signature."""

import base64
import bisect
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from evolve.admission.descriptors import PROBE_GRID, describe
from evolve.admission.probe import Probe
from evolve.cost import Cost

# Every 25th point of the probe grid: 129 values and as many slopes.
_STRIDE = 25
_RELATIVE, _ABSOLUTE = 1e-4, 1e-4


@dataclasses.dataclass(frozen=True)
class Traits:
  """What a candidate is like.

  Attributes:
    niche: its cell in the archive's grid.
    pointwise: whether each output depends on its own input alone.
    signature: float32 values and slopes on a part of the probe grid.
    cost: of one call.
  """

  niche: tuple[int, ...]
  pointwise: bool
  signature: np.ndarray
  cost: Cost

  @classmethod
  def of(cls, source: str, probe: Probe) -> "Traits":
    curves = np.concatenate([probe.values[::_STRIDE], probe.slopes[::_STRIDE]])
    return cls(
      describe(source, probe.values).niche,
      probe.pointwise,
      curves.astype(np.float32),
      probe.cost,
    )

  def to_json(self) -> dict[str, Any]:
    return {
      "niche": list(self.niche),
      "pointwise": self.pointwise,
      "signature": base64.b64encode(self.signature.tobytes()).decode(),
      "cost": dataclasses.asdict(self.cost),
    }

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Traits":
    """The inverse of `to_json`."""
    signature = np.frombuffer(base64.b64decode(record["signature"]), np.float32)
    return cls(
      tuple(record["niche"]),
      record["pointwise"],
      signature,
      Cost(**record["cost"]),
    )


class FunctionIndex:
  """Finds a function that is the same, within a tolerance, as an earlier one.

  Only pointwise functions are compared: on the probe's one vector, functions
  that mix elements along different axes may look alike. A look-up costs a
  binary search, however many functions are known.
  """

  def __init__(self) -> None:
    self._keys: list[float] = []
    self._entries: list[tuple[str, np.ndarray]] = []
    # A fixed projection: functions within tolerance are within tolerance here.
    count = 2 * len(range(0, len(PROBE_GRID), _STRIDE))
    self._weights = np.random.default_rng(0).uniform(0.5, 1.5, count) / count

  def find(self, traits: Traits) -> str | None:
    """The id of a known program that is the same function, if there is one."""
    if not self._comparable(traits):
      return None
    key, reach = self._key(traits.signature)
    first = bisect.bisect_left(self._keys, key - reach)
    last = bisect.bisect_right(self._keys, key + reach)
    near = self._entries[first:last]
    if not near:
      return None
    same = np.isclose(
      np.stack([signature for _, signature in near]),
      traits.signature,
      rtol=_RELATIVE,
      atol=_ABSOLUTE,
    ).all(axis=1)
    return near[int(same.argmax())][0] if same.any() else None

  def add(self, program_id: str, traits: Traits) -> None:
    if not self._comparable(traits):
      return
    key, _ = self._key(traits.signature)
    place = bisect.bisect_right(self._keys, key)
    self._keys.insert(place, key)
    self._entries.insert(place, (program_id, traits.signature))

  def _comparable(self, traits: Traits) -> bool:
    return traits.pointwise and bool(np.isfinite(traits.signature).all())

  def _key(self, signature: np.ndarray) -> tuple[float, float]:
    """The projection, and how far that of an equal function can lie."""
    wide = signature.astype(np.float64)
    tolerance = _ABSOLUTE + _RELATIVE * np.abs(wide)
    return float(self._weights @ wide), float(self._weights @ tolerance) * 1.01
