"""The training of an activation on a data set, for some seeds at a time."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import jax
import numpy as np

from harness.core.fitness import Status
from harness.core.parameters import Learned
from harness.core.scalars import Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.imagenet.compiled import Accuracy, CompiledClassifier, TrainState
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.recipes import Recipe

# Steps between two looks at the loss: each waits for the device.
_LOOK_EVERY = 50


@dataclasses.dataclass(frozen=True)
class SeedAccuracy:
  """The result of one seed.

  Attributes:
    status: OK, or DIVERGED.
    diverged_step: after which the loss was first seen not to be finite.
    top1: share of test images at the end, in [0, 1]; None unless OK.
    top5: likewise.
    parameters: of the activation at the end, by name.
  """

  status: Status = Status.OK
  diverged_step: int | None = None
  top1: float | None = None
  top5: float | None = None
  parameters: Mapping[str, Learned] = dataclasses.field(default_factory=dict)


class ClassifierTraining:
  """A loop that can be interrupted; tests after each epoch.

  Attributes:
    step: steps done.
    state: after them.
  """

  def __init__(
    self,
    recipe: Recipe,
    seeds: Sequence[int],
    steps_per_epoch: int,
    classifier: CompiledClassifier,
    checkpoint: Checkpoint,
    scalars: Scalars,
    show: Callable[[TrainingProgress], None],
  ):
    """Prepares a training, or goes on with the one in the checkpoint.

    Args:
      recipe: epochs and learning rate.
      seeds: trained side by side.
      steps_per_epoch: of the data set.
      classifier: for as many seeds.
      checkpoint: of this training.
      scalars: gets loss, learning rate and accuracies.
      show: is told the progress after every look at the loss.

    Raises:
      UserError: see Checkpoint.
    """
    self._steps_per_epoch = steps_per_epoch
    self._total = recipe.epochs * steps_per_epoch
    self._classifier = classifier
    self._checkpoint = checkpoint
    self._scalars = scalars
    self._show = show
    self._rate = recipe.learning_rate(steps_per_epoch)
    self._top1: float | None = None
    self.step = 0
    self._diverged: list[int | None] = [None for _ in seeds]
    self.state: TrainState = classifier.init(seeds)
    if saved := checkpoint.progress():
      self.step, self._diverged = saved["step"], saved["diverged"]
      self.state = checkpoint.state(like=self.state)

  def run(
    self,
    streams: Sequence[Iterator[Batch]],
    test_batches: Callable[[], Iterable[Batch]],
  ) -> list[SeedAccuracy]:
    """Trains and tests; returns the result of each seed.

    Args:
      streams: training batches of each seed, from `step` on.
      test_batches: opens the test images.
    """
    while self.step < self._total and None in self._diverged:
      batches = [next(stream) for stream in streams]
      self.state, losses = self._classifier.step(self.state, batches)
      self.step += 1
      ends_epoch = self.step % self._steps_per_epoch == 0
      if ends_epoch or self.step % _LOOK_EVERY == 0:
        self._look(losses)
      if ends_epoch and self.step < self._total:
        self._test(test_batches())
      if self._checkpoint.is_due():
        self._save()
    self._save()
    accuracy = self._test(test_batches())
    return [
      SeedAccuracy(
        top1=float(top1),
        top5=float(top5),
        parameters=self._classifier.learned(self.state, index),
      )
      if diverged is None
      else SeedAccuracy(Status.DIVERGED, diverged)
      for index, (diverged, top1, top5) in enumerate(
        zip(self._diverged, *accuracy, strict=True)
      )
    ]

  def _look(self, losses: jax.Array) -> None:
    values = np.atleast_1d(losses)
    for index, loss in enumerate(values):
      if self._diverged[index] is None and not math.isfinite(loss):
        self._diverged[index] = self.step
    rate = float(self._rate(self.step))
    loss = float(values.mean())
    self._scalars.write(self.step, {"loss": loss, "learning_rate": rate})
    self._show(TrainingProgress(self.step, values, self._top1))

  def _test(self, batches: Iterable[Batch]) -> Accuracy:
    accuracy = self._classifier.test(self.state, batches)
    self._top1 = float(accuracy.top1.mean())
    self._scalars.write(
      self.step, {"top1": self._top1, "top5": float(accuracy.top5.mean())}
    )
    return accuracy

  def _save(self) -> None:
    self._checkpoint.save(self.step, self.state, {"diverged": self._diverged})
