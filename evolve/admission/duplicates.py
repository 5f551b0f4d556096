"""The functions known so far, to find a candidate that repeats one."""

import bisect

import numpy as np

from evolve.admission.traits import SIGNATURE_SIZE, Traits
from harness.core.parameters import Share

_RELATIVE, _ABSOLUTE = 1e-4, 1e-4
_Entry = tuple[str, np.ndarray]  # Id and signature.


class FunctionIndex:
  """An index of functions by signature, equal within a tolerance.

  A function with trained parameters is never equal to one without. Only
  pointwise functions are compared: on the probe's one vector, functions
  that mix elements along different axes may look alike. A look-up costs a
  binary search, however many functions are known.
  """

  def __init__(self) -> None:
    self._known: dict[Share, tuple[list[float], list[_Entry]]] = {
      share: ([], []) for share in Share
    }
    # A fixed projection: functions within tolerance are within tolerance here.
    count = SIGNATURE_SIZE
    self._weights = np.random.default_rng(0).uniform(0.5, 1.5, count) / count

  def find(self, traits: Traits) -> str | None:
    """The id of a known program of the same function, if there is one."""
    if not self._comparable(traits):
      return None
    keys, entries = self._known[traits.share]
    key, reach = self._key(traits.signature)
    first = bisect.bisect_left(keys, key - reach)
    last = bisect.bisect_right(keys, key + reach)
    near = entries[first:last]
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
    keys, entries = self._known[traits.share]
    key, _ = self._key(traits.signature)
    place = bisect.bisect_right(keys, key)
    keys.insert(place, key)
    entries.insert(place, (program_id, traits.signature))

  def _comparable(self, traits: Traits) -> bool:
    return traits.pointwise and bool(np.isfinite(traits.signature).all())

  def _key(self, signature: np.ndarray) -> tuple[float, float]:
    """The projection, and the distance within which equal functions lie."""
    wide = signature.astype(np.float64)
    tolerance = _ABSOLUTE + _RELATIVE * np.abs(wide)
    return float(self._weights @ wide), float(self._weights @ tolerance) * 1.01
