"""The functions known so far, to find a candidate that repeats one."""

import bisect

import numpy as np

from evolve.admission.traits import SIGNATURE_SIZE, Traits

_RELATIVE, _ABSOLUTE = 1e-4, 1e-4


class FunctionIndex:
  """An index of functions by signature, equal within a tolerance.

  Only pointwise functions are compared: on the probe's one vector, functions
  that mix elements along different axes may look alike. A look-up costs a
  binary search, however many functions are known.
  """

  def __init__(self) -> None:
    self._keys: list[float] = []
    self._entries: list[tuple[str, np.ndarray]] = []
    # A fixed projection: functions within tolerance are within tolerance here.
    count = SIGNATURE_SIZE
    self._weights = np.random.default_rng(0).uniform(0.5, 1.5, count) / count

  def find(self, traits: Traits) -> str | None:
    """The id of a known program of the same function, if there is one."""
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
    """Enters a function; one that can't be compared is left out."""
    if not self._comparable(traits):
      return
    key, _ = self._key(traits.signature)
    place = bisect.bisect_right(self._keys, key)
    self._keys.insert(place, key)
    self._entries.insert(place, (program_id, traits.signature))

  def _comparable(self, traits: Traits) -> bool:
    return traits.pointwise and bool(np.isfinite(traits.signature).all())

  def _key(self, signature: np.ndarray) -> tuple[float, float]:
    """The projection, and the distance within which equal functions lie."""
    wide = signature.astype(np.float64)
    tolerance = _ABSOLUTE + _RELATIVE * np.abs(wide)
    return float(self._weights @ wide), float(self._weights @ tolerance) * 1.01
