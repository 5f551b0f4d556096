"""The training of an activation with a seed."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jax

from harness.core import parameters
from harness.core.fitness import Status
from harness.core.scalars import Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.molhiv.compiled import CompiledNetwork, TrainState
from tasks.molhiv.data.batches import Batch
from tasks.molhiv.protocol import Protocol

# Steps between two looks at the loss: each waits for the device.
_LOOK_EVERY = 50
# Maps a state and the name of a split to the ROC-AUC there, if there is one.
Score = Callable[[TrainState, str], float | None]


@dataclasses.dataclass(frozen=True)
class Result:
  """The result of a training.

  Attributes:
    diverged_step: after which the loss, or a prediction, was first seen not to
      be finite; None if all were. Then there are no scores.
    val_auc: the best of all epochs; None before the first.
    best_epoch: that had it, from 1; ties go to the earlier one.
    test_auc: after that epoch.
    parameters: of the activation after that epoch, as JSON values.
  """

  diverged_step: int | None = None
  val_auc: float | None = None
  best_epoch: int | None = None
  test_auc: float | None = None
  parameters: Mapping[str, Any] = dataclasses.field(default_factory=dict)

  @property
  def status(self) -> Status:
    return Status.OK if self.diverged_step is None else Status.DIVERGED


class MoleculeTraining:
  """A loop that can be interrupted; validates after each epoch.

  Attributes:
    step: steps done.
    state: after them.
  """

  def __init__(
    self,
    protocol: Protocol,
    seed: int,
    steps_per_epoch: int,
    network: CompiledNetwork,
    checkpoint: Checkpoint,
    scalars: Scalars,
    show: Callable[[TrainingProgress], None],
  ):
    """Prepares a training, or goes on with the one in the checkpoint.

    Args:
      protocol: says how many epochs.
      seed: of weights and dropout.
      steps_per_epoch: of the training molecules.
      network: with the activation.
      checkpoint: of this training.
      scalars: gets loss and scores.
      show: is told the progress after every look at the loss.

    Raises:
      UserError: see Checkpoint.
    """
    self._steps_per_epoch = steps_per_epoch
    self._total = protocol.epochs * steps_per_epoch
    self._network = network
    self._checkpoint = checkpoint
    self._scalars = scalars
    self._show = show
    self._val_auc: float | None = None  # The last one.
    self._result = Result()
    self.step, self.state = 0, network.init(seed)
    if saved := checkpoint.progress():
      self.step = saved["step"]
      self._result = Result(**saved["result"])
      self.state = checkpoint.state(like=self.state)

  def run(self, batches: Iterator[Batch], score: Score) -> Result:
    """Trains, validates and tests; returns the result.

    Args:
      batches: of training molecules, from `step` on.
      score: of a state on "valid" or "test".
    """
    while self.step < self._total and self._result.diverged_step is None:
      self.state, loss = self._network.step(self.state, next(batches))
      self.step += 1
      ends_epoch = self.step % self._steps_per_epoch == 0
      if ends_epoch or self.step % _LOOK_EVERY == 0:
        self._look(loss)
      if ends_epoch and self._result.diverged_step is None:
        self._validate(score)
      if self._checkpoint.is_due():
        self._save()
    self._save()
    return self._result

  def _look(self, loss: jax.Array) -> None:
    value = float(loss)
    if not math.isfinite(value):
      self._result = Result(diverged_step=self.step)
    self._scalars.write(self.step, {"loss": value})
    self._show(TrainingProgress(self.step, value, self._val_auc))

  def _validate(self, score: Score) -> None:
    """Scores an epoch on the validation split, and the best on the test's."""
    found = score(self.state, "valid")
    if found is None:
      self._result = Result(diverged_step=self.step)
      return
    self._val_auc = found
    values = {"val_auc": found}
    if self._result.val_auc is None or found > self._result.val_auc:
      test_auc = score(self.state, "test")
      if test_auc is None:
        self._result = Result(diverged_step=self.step)
        return
      learned = self._network.learned(self.state)
      self._result = Result(
        val_auc=found,
        best_epoch=self.step // self._steps_per_epoch,
        test_auc=test_auc,
        parameters=parameters.to_json(learned),
      )
      values["test_auc"] = test_auc
    self._scalars.write(self.step, values)

  def _save(self) -> None:
    progress = {"result": dataclasses.asdict(self._result)}
    self._checkpoint.save(self.step, self.state, progress)
