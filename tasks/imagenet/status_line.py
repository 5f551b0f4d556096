"""The line that follows a validation."""

from collections.abc import Callable, Sequence

import numpy as np

from harness.core.pace import Pace, clock
from tasks.imagenet.recipes import Recipe
from tasks.imagenet.training import Moment


class Display:
  """Says how far a run is."""

  def __init__(
    self,
    num_jobs: int,
    num_left: int,
    recipe: Recipe,
    steps_per_epoch: int,
    show: Callable[[str], None],
  ):
    """For a run of so many jobs, of which some are left."""
    self._num_jobs, self._num_left = num_jobs, num_left
    self._recipe = recipe
    self._steps_per_epoch = steps_per_epoch
    self._show = show
    self._what = ""
    self._num_seeds = 1
    self._pace = Pace()

  def begin(self, activation: str, seeds: Sequence[int]) -> None:
    """A job begins."""
    number = self._num_jobs - self._num_left + 1
    self._num_left -= 1
    self._num_seeds = len(seeds)
    self._pace.restart()
    listed = ",".join(map(str, seeds))
    self._what = f"{number} of {self._num_jobs}: {activation}, seed {listed}"
    self._show(f"{self._what}: compiling")

  def show(self, moment: Moment) -> None:
    """Some steps were done."""
    self._pace.note(moment.step)
    top1 = "" if moment.top1 is None else f", top-1 {moment.top1:.3f}"
    self._show(
      f"{self._what}: epoch {moment.step / self._steps_per_epoch:.1f} of "
      f"{self._recipe.epochs}, loss {np.mean(moment.losses):.4g}{top1}"
      f"{self._rate_and_left(moment.step)}"
    )

  def _rate_and_left(self, step: int) -> str:
    rate = self._pace.steps_per_second()
    if rate is None:
      return ""
    total = self._recipe.epochs * self._steps_per_epoch
    steps = total - step + total * self._num_left
    images = rate * self._recipe.batch_size * self._num_seeds
    return f", {images:,.0f} images/s, {clock(steps / rate)} left"
