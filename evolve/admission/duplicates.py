"""The functions known so far, to find a candidate that repeats one."""

import bisect

import numpy as np

from evolve.admission.traits import SIGNATURE_SIZE, Traits
from harness.core.parameters import Share

_RELATIVE, _ABSOLUTE = 1e-4, 1e-4
_Entry = tuple[str, np.ndarray]  # Id and curves.


class FunctionIndex:
  """An index of functions by signature, equal within a tolerance.

  A function with trained parameters is never equal to one without, and only to
  one that is equal at other values of the parameters, too. Only
  pointwise functions are compared: on the probe's one vector, functions
  that mix elements along different axes may look alike. A look-up costs a
  binary search, however many functions are known.
  """

  def __init__(self) -> None:
    self._known: dict[Share, tuple[list[float], list[_Entry]]] = {
      share: ([], []) for share in Share
    }
    # A fixed projection: functions within tolerance are within tolerance here.
    rng = np.random.default_rng(0)
    self._weights = rng.uniform(0.5, 1.5, 2 * SIGNATURE_SIZE) / SIGNATURE_SIZE

  def find(self, traits: Traits) -> str | None:
    """The id of a known program of the same function, if there is one."""
    curves = _compared(traits)
    if curves is None:
      return None
    keys, entries = self._known[traits.share]
    key, reach = self._key(curves)
    first = bisect.bisect_left(keys, key - reach)
    last = bisect.bisect_right(keys, key + reach)
    near = entries[first:last]
    if not near:
      return None
    same = np.isclose(
      np.stack([other for _, other in near]),
      curves,
      rtol=_RELATIVE,
      atol=_ABSOLUTE,
    ).all(axis=1)
    return near[int(same.argmax())][0] if same.any() else None

  def add(self, program_id: str, traits: Traits) -> None:
    """Enters a function; one that can't be compared is left out."""
    curves = _compared(traits)
    if curves is None:
      return
    keys, entries = self._known[traits.share]
    key, _ = self._key(curves)
    place = bisect.bisect_right(keys, key)
    keys.insert(place, key)
    entries.insert(place, (program_id, curves))

  def _key(self, curves: np.ndarray) -> tuple[float, float]:
    """The projection, and the distance within which equal functions lie."""
    wide = curves.astype(np.float64)
    weights = self._weights[: len(wide)]
    tolerance = _ABSOLUTE + _RELATIVE * np.abs(wide)
    return float(weights @ wide), float(weights @ tolerance) * 1.01


def _compared(traits: Traits) -> np.ndarray | None:
  """The curves that equal functions share; None if it can't be compared."""
  curves = traits.signature
  if traits.share is not Share.FROZEN:
    if traits.moved is None:
      return None
    curves = np.concatenate([curves, traits.moved])
  return curves if traits.pointwise and np.isfinite(curves).all() else None
