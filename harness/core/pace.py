"""How fast a training goes, and how long it will take."""

import math
import time
from collections import deque

_RECENT = 60.0  # Seconds that a rate is taken over: compilations pass.


class Pace:
  """Steps per second of late."""

  def __init__(self) -> None:
    self._recent: deque[tuple[float, int]] = deque()  # Times and steps.

  def restart(self) -> None:
    """Another training begins."""
    self._recent.clear()

  def since(self) -> float:
    """Seconds since the last step that was noted; infinite if none was."""
    if not self._recent:
      return math.inf
    return time.monotonic() - self._recent[-1][0]

  def note(self, step: int) -> None:
    """So many steps are done."""
    now, recent = time.monotonic(), self._recent
    recent.append((now, step))
    while now - recent[0][0] > _RECENT and len(recent) > 2:
      recent.popleft()

  def steps_per_second(self) -> float | None:
    """None before a second step was noted."""
    (then, first), (now, last) = self._recent[0], self._recent[-1]
    return None if first == last else (last - first) / (now - then)


def clock(seconds: float) -> str:
  """As hours:minutes:seconds."""
  minutes, rest = divmod(int(seconds), 60)
  return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
