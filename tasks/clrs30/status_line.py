"""The line that follows a validation."""

from collections.abc import Callable, Sequence

import numpy as np

from harness.core.pace import Pace, clock
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import Moment

_INTERVAL = 0.25  # Seconds; reading a loss waits for the device.


class Display:
  """Says how far a run is."""

  def __init__(
    self,
    num_jobs: int,
    num_left: int,
    protocol: Protocol,
    show: Callable[[str], None],
  ):
    """For a run of so many jobs, of which some are left."""
    self._num_jobs, self._num_left = num_jobs, num_left
    self._protocol = protocol
    self._show = show
    self._what = ""
    self._pace = Pace()

  def begin(
    self, algorithm: str, activation: str, seeds: Sequence[int]
  ) -> None:
    """A job begins."""
    number = self._num_jobs - self._num_left + 1
    self._num_left -= 1
    listed = ",".join(map(str, seeds))
    self._what = (
      f"{number} of {self._num_jobs}: {algorithm}, {activation}, seed {listed}"
    )
    self._pace.restart()
    self._show(f"{self._what}: drawing the first batches, compiling")

  def show(self, moment: Moment) -> None:
    """A step was done."""
    total = self._protocol.train_steps
    if self._pace.since() < _INTERVAL and moment.step < total:
      return
    self._pace.note(moment.step)
    self._show(
      f"{self._what}: step {moment.step:,} of {total:,}, "
      f"loss {np.mean(moment.losses):.4g}, "
      f"validation {moment.validation:.3f}, "
      f"{self._rate_and_left(moment.step)}"
    )

  def _rate_and_left(self, step: int) -> str:
    rate = self._pace.steps_per_second()
    if rate is None:
      return "compiling"
    total = self._protocol.train_steps
    steps = total - step + total * self._num_left
    return f"{rate:.2f} steps/s, {clock(steps / rate)} left"
