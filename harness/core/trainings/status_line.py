"""The live status line of a training run, and the pace that it shows."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from harness.core.durations import clock, time_left
from harness.core.naming import short_names
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
    groups: Sequence[SeedGroup],
    num_left: int,
    total_steps: int,
    describe: Callable[[TrainingProgress], str],
    describe_pace: Callable[[float, int], str],
    show: Callable[[Callable[[], str]], None],
  ):
    """A line for a run that begins or goes on.

    Args:
      groups: of the whole run.
      num_left: groups still to be trained.
      total_steps: of each group.
      describe: puts progress into words.
      describe_pace: puts steps per second, for a number of seeds, into words.
      show: shows what a function says, now and from now on.
    """
    self._num_groups, self._num_left = len(groups), num_left
    self._names = short_names(group.activation for group in groups)
    self._total_steps = total_steps
    self._describe, self._describe_pace = describe, describe_pace
    self._show = show
    self._title, self._num_seeds = "", 1
    self._stage, self._stage_began = "", 0.0
    self._progress = ""  # In words; empty before a group's first step.
    self._num_diverged = 0
    self._recent: deque[tuple[float, int]] = deque()  # Times and steps.

  def begin(self, group: SeedGroup) -> None:
    """Announces the next group."""
    number = self._num_groups - self._num_left + 1
    self._num_left -= 1
    self._num_seeds = len(group.seeds)
    named = group._replace(activation=self._names[group.activation])
    self._title = f"{number} of {self._num_groups}: {named}"
    self._progress = ""
    self._recent.clear()
    self.stage("compiling")
    self._show(self.text)

  def stage(self, words: str) -> None:
    """Says what the group is at, while it makes no steps."""
    self._stage, self._stage_began = words, time.monotonic()

  def show(self, progress: TrainingProgress) -> None:
    """Takes in progress, four times a second at most and at the end."""
    step, now = progress.step, time.monotonic()
    is_last = step >= self._total_steps
    if self._recent and now - self._recent[-1][0] < _INTERVAL and not is_last:
      return
    recent = deque([*self._recent, (now, step)])
    while now - recent[0][0] > _RECENT and len(recent) > 2:
      recent.popleft()
    self._recent = recent  # At once: `text` may run in another thread.
    self._progress = self._describe(progress)
    self.stage("testing" if is_last else "")

  def end(self, results: Iterable[Mapping[str, Any]]) -> None:
    """Counts the seeds of the group that diverged."""
    for result in results:
      self._num_diverged += result.get("diverged_step") is not None

  def text(self) -> str:
    """The line as it is now."""
    parts = [part for part in (self._progress, self._stage_words()) if part]
    diverged = self._num_diverged
    failures = f", {diverged} diverged" if diverged else ""
    return f"{self._title}: {', '.join(parts)}{self._pace()}{failures}"

  def _stage_words(self) -> str:
    """The stage with its seconds."""
    if not self._stage:
      return ""
    seconds = time.monotonic() - self._stage_began
    return f"{self._stage} for {clock(seconds)}"

  def _pace(self) -> str:
    """Words on the pace and the time left; none before a second step.

    The seconds since the last step count, so that a run that hangs slows down.
    """
    if len(recent := self._recent) < 2:
      return ""
    (then, first), (_, last) = recent[0], recent[-1]
    seconds = time.monotonic() - then
    steps = last - first
    left = self._total_steps * (1 + self._num_left) - last
    if not steps or seconds <= 0 or last >= self._total_steps:
      return ""
    pace = self._describe_pace(steps / seconds, self._num_seeds)
    return f", {pace}{time_left(steps, left, seconds)}"
