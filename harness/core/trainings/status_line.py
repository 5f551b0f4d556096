"""The live status line of a training run, and the pace that it shows."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from harness.core.console import say_prose
from harness.core.durations import clock, time_left
from harness.core.naming import short_names
from harness.core.trainings.seed_groups import SeedGroup

INTERVAL = 0.25  # Seconds; reading a loss waits for the device.
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
  """A line with the groups at work, their progress and pace, and the time left.

  Attributes:
    total_steps: of each group.
  """

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
    self.total_steps = total_steps
    self._num_groups, self._num_left = len(groups), num_left
    self._names = short_names(group.activation for group in groups)
    self._describe, self._describe_pace = describe, describe_pace
    self._show = show
    self._at_work: tuple[GroupLine, ...] = ()
    self._num_diverged = 0
    self._said: set[str] = set()

  def begin(self, group: SeedGroup) -> "GroupLine":
    """Announces the next group; returns its part of the line."""
    number = self._num_groups - self._num_left + 1
    self._num_left -= 1
    named = group._replace(activation=self._names[group.activation])
    line = GroupLine(number, named, self.total_steps, self._describe, self._say)
    # At once, here and in `end`: `text` may run in another thread.
    self._at_work = (*self._at_work, line)
    self._show(self.text)
    return line

  def end(
    self, line: "GroupLine", results: Iterable[Mapping[str, Any]]
  ) -> None:
    """Takes a group's part out, and counts its seeds that diverged."""
    self._at_work = tuple(other for other in self._at_work if other != line)
    for result in results:
      self._num_diverged += result.get("diverged_step") is not None

  def text(self) -> str:
    """The line as it is now."""
    lines = self._at_work
    numbers = ", ".join(str(line.number) for line in lines)
    diverged = self._num_diverged
    failures = f", {diverged} diverged" if diverged else ""
    return (
      f"{numbers} of {self._num_groups}: "
      f"{'; '.join(line.text() for line in lines)}{self._pace(lines)}{failures}"
    )

  def _say(self, subject: str, text: str) -> None:
    if subject not in self._said:
      self._said.add(subject)
      say_prose(text)

  def _pace(self, lines: Sequence["GroupLine"]) -> str:
    """Words on the pace and the time left; none before a second step."""
    paces = [pace for line in lines if (pace := line.pace())]
    rate = sum(paces)
    if not rate:
      return ""
    words = self._describe_pace(rate, len(lines[0].group.seeds))
    left = sum(self.total_steps - line.step for line in lines)
    left += self.total_steps * self._num_left
    # Of those that say no pace yet, the mean of the others is expected.
    return f", {words}{time_left(rate * len(lines) / len(paces), left, 1.0)}"


class GroupLine:
  """The part of the line that one group has.

  Attributes:
    number: of the group in its run, from 1.
    group: with the activation's short name.
    step: steps done.
  """

  def __init__(
    self,
    number: int,
    group: SeedGroup,
    total_steps: int,
    describe: Callable[[TrainingProgress], str],
    say: Callable[[str, str], None],
  ):
    self.number, self.group, self.step = number, group, 0
    self._total_steps, self._describe = total_steps, describe
    self._say = say
    self._progress = ""  # In words; empty before the first step.
    self._recent: deque[tuple[float, int]] = deque()  # Times and steps.
    self.stage("compiling")

  def stage(self, words: str) -> None:
    """Says what the group is at, while it makes no steps."""
    self._stage, self._stage_began = words, time.monotonic()

  def show(self, progress: TrainingProgress) -> None:
    """Takes in progress, four times a second at most and at the end."""
    step, now = progress.step, time.monotonic()
    is_last = step >= self._total_steps
    if self._recent and now - self._recent[-1][0] < INTERVAL and not is_last:
      return
    recent = deque([*self._recent, (now, step)])
    while now - recent[0][0] > _RECENT and len(recent) > 2:
      recent.popleft()
    self._recent = recent  # At once: `text` may run in another thread.
    self.step = step
    self._progress = self._describe(progress)
    self.stage("testing" if is_last else "")

  def say(self, subject: str, text: str) -> None:
    """Prints sentences above the line, the first of a subject only."""
    self._say(subject, text)

  def text(self) -> str:
    """The group with its progress and its stage."""
    parts = [part for part in (self._progress, self._stage_words()) if part]
    return f"{self.group}: {', '.join(parts)}"

  def pace(self) -> float:
    """Steps per second; 0 before a second step, and after the last.

    The seconds since the last step count, so that a run that hangs slows down.
    """
    if len(recent := self._recent) < 2 or self.step >= self._total_steps:
      return 0.0
    (then, first), (_, last) = recent[0], recent[-1]
    seconds = time.monotonic() - then
    return (last - first) / seconds if seconds > 0 else 0.0

  def _stage_words(self) -> str:
    """The stage with its seconds."""
    if not self._stage:
      return ""
    seconds = time.monotonic() - self._stage_began
    return f"{self._stage} for {clock(seconds)}"
