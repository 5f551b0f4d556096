"""One training of one activation on one data set, for some seeds at a time."""

import dataclasses
import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np

from harness.core.checkpoint import Checkpoint
from harness.core.fitness import Status
from tasks.imagenet.compiled import Accuracy, Program, State
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.recipes import Recipe
from tasks.imagenet.scalars import Scalars

_CHECKPOINT_INTERVAL = 60.0  # Seconds.
# Steps between two looks at the loss: each waits for the device.
_LOOK_EVERY = 50


class Moment(NamedTuple):
  """How far a training is.

  Attributes:
    step: steps done.
    losses: of a recent step, one or by seed.
    top1: of the last test, mean over seeds; None before the first.
  """

  step: int
  losses: Any
  top1: float | None


@dataclasses.dataclass
class Outcome:
  """What a training came to, for one seed.

  Attributes:
    status: OK, or DIVERGED.
    diverged_step: after which the loss was first seen to be no number.
    top1: share of test images at the end, in [0, 1]; None unless OK.
    top5: likewise.
    seconds: that its program took, over all processes that worked at it.
  """

  status: Status = Status.OK
  diverged_step: int | None = None
  top1: float | None = None
  top5: float | None = None
  seconds: float = 0.0


class Training:
  """A loop that can be interrupted; tests after each epoch."""

  def __init__(
    self,
    recipe: Recipe,
    seeds: Sequence[int],
    steps_per_epoch: int,
    program: Program,
    checkpoint: Checkpoint,
    training_batches: Callable[[int, int], Iterator[Batch]],
    test_batches: Callable[[], Iterator[Batch]],
    scalars: Scalars,
    show: Callable[[Moment], None],
  ):
    """Prepares a training.

    Args:
      recipe: how to train.
      seeds: trained side by side.
      steps_per_epoch: of the data set.
      program: for as many seeds.
      checkpoint: where it goes on, if there is something.
      training_batches: of a seed, from a step on.
      test_batches: all of them.
      scalars: gets loss, rate and accuracies.
      show: is told how far it is.
    """
    self._recipe = recipe
    self._seeds = seeds
    self._steps_per_epoch = steps_per_epoch
    self._program = program
    self._checkpoint = checkpoint
    self._training_batches = training_batches
    self._test_batches = test_batches
    self._scalars = scalars
    self._show = show
    self._rate = recipe.learning_rate(steps_per_epoch)
    self._top1: float | None = None
    self._diverged: list[int | None] = [None for _ in seeds]
    self._earlier = 0.0  # Seconds, in processes before this one.
    self._start = self._saved = time.monotonic()

  def run(self, state: State) -> list[Outcome]:
    """Trains from initial weights, or from where it was; one outcome per seed.

    Raises:
      UserError: see Checkpoint.
    """
    step, state = self._resumed(state)
    total = self._recipe.epochs * self._steps_per_epoch
    streams = [self._training_batches(seed, step) for seed in self._seeds]
    while step < total and not self._all_diverged():
      state, losses = self._program.step(state, [next(s) for s in streams])
      step += 1
      ends_epoch = step % self._steps_per_epoch == 0
      if ends_epoch or step % _LOOK_EVERY == 0:
        self._look(step, losses)
      if ends_epoch and step < total:
        self._test(step, state)
      if time.monotonic() - self._saved > _CHECKPOINT_INTERVAL:
        self._save(step, state)
    self._save(step, state)
    accuracy = self._test(step, state)
    return [self._outcome(index, accuracy) for index in range(len(self._seeds))]

  def _resumed(self, state: State) -> tuple[int, State]:
    saved = self._checkpoint.progress()
    if not saved:
      return 0, state
    self._earlier, self._diverged = saved["seconds"], saved["diverged"]
    return saved["step"], self._checkpoint.state(like=state)

  def _look(self, step: int, losses: jax.Array) -> None:
    values = np.atleast_1d(losses)
    for index, loss in enumerate(values):
      if self._diverged[index] is None and not math.isfinite(loss):
        self._diverged[index] = step
    self._scalars.write(
      step,
      {"loss": float(values.mean()), "learning_rate": float(self._rate(step))},
    )
    self._show(Moment(step, values, self._top1))

  def _test(self, step: int, state: State) -> Accuracy:
    accuracy = self._program.test(state, self._test_batches())
    self._top1 = float(accuracy.top1.mean())
    self._scalars.write(
      step, {"top1": self._top1, "top5": float(accuracy.top5.mean())}
    )
    return accuracy

  def _all_diverged(self) -> bool:
    return all(step is not None for step in self._diverged)

  def _outcome(self, index: int, accuracy: Accuracy) -> Outcome:
    seconds = self._seconds()
    if self._diverged[index] is not None:
      return Outcome(Status.DIVERGED, self._diverged[index], seconds=seconds)
    return Outcome(
      top1=float(accuracy.top1[index]),
      top5=float(accuracy.top5[index]),
      seconds=seconds,
    )

  def _save(self, step: int, state: State) -> None:
    progress = {
      "step": step,
      "seconds": self._seconds(),
      "diverged": self._diverged,
    }
    self._checkpoint.save(step, state, progress)
    self._saved = time.monotonic()

  def _seconds(self) -> float:
    return self._earlier + time.monotonic() - self._start
