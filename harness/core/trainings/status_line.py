"""The live status line of a training run, and the pace that it shows."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from harness.core.trainings.seed_groups import SeedGroup

_INTERVAL = 0.25  # Seconds; reading a loss waits for the device.
_RECENT = 60.0  # Seconds that a pace is taken over, without compilations.


class TrainingProgress(NamedTuple):
  """Progress of a training, for the status line.

  Attributes:
    step: steps done.
    losses: of a recent step, one or by seed; perhaps not yet computed.
    score: the last score in [0, 1] before the end, mean over seeds; None
      before the first.
  """

  step: int
  losses: Any
  score: float | None


class StatusLine:
  """A line with the group at hand, its progress and pace, and the time left."""

  def __init__(
    self,
    num_groups: int,
    num_left: int,
    total_steps: int,
    describe: Callable[[TrainingProgress], str],
    describe_pace: Callable[[float, int], str],
    show: Callable[[str], None],
  ):
    """A line for a run that begins or goes on.

    Args:
      num_groups: groups of seeds in the whole run.
      num_left: groups still to be trained.
      total_steps: of each group.
      describe: puts progress into words.
      describe_pace: puts steps per second, for a number of seeds, into words.
      show: shows the line.
    """
    self._num_groups, self._num_left = num_groups, num_left
    self._total_steps = total_steps
    self._describe, self._describe_pace = describe, describe_pace
    self._show = show
    self._title, self._num_seeds = "", 1
    self._recent: deque[tuple[float, int]] = deque()  # Times and steps.

  def begin(self, group: SeedGroup) -> None:
    """Announces the next group."""
    number = self._num_groups - self._num_left + 1
    self._num_left -= 1
    self._num_seeds = len(group.seeds)
    self._title = f"{number} of {self._num_groups}: {group}"
    self._recent.clear()
    self._show(f"{self._title}: compiling")

  def show(self, progress: TrainingProgress) -> None:
    """Shows progress, four times a second at most and at the end."""
    step, now = progress.step, time.monotonic()
    if (
      self._recent
      and now - self._recent[-1][0] < _INTERVAL
      and step < self._total_steps
    ):
      return
    self._recent.append((now, step))
    while now - self._recent[0][0] > _RECENT and len(self._recent) > 2:
      self._recent.popleft()
    self._show(f"{self._title}: {self._describe(progress)}{self._pace(step)}")

  def _pace(self, step: int) -> str:
    """Words on the pace and the time left; none before a second step."""
    (then, first), (now, last) = self._recent[0], self._recent[-1]
    if first == last:
      return ""
    rate = (last - first) / (now - then)
    steps = self._total_steps * (1 + self._num_left) - step
    pace = self._describe_pace(rate, self._num_seeds)
    return f", {pace}, {_clock(steps / rate)} left"


def _clock(seconds: float) -> str:
  """Hours:minutes:seconds."""
  minutes, rest = divmod(int(seconds), 60)
  return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
