"""The training of an activation on an algorithm, for some seeds at a time."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

import clrs
import jax
import numpy as np

from harness.core.parameters import Learned
from harness.core.scalars import Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.clrs30.compiled import CompiledModel, TrainState
from tasks.clrs30.data.batch_source import (
  BatchSource,
  SamplerState,
  StepBatches,
)
from tasks.clrs30.evaluation import evaluated, evaluated_hints
from tasks.clrs30.forecast import Forecast, forecast
from tasks.clrs30.protocol import BENCHMARK_LENGTH, Protocol

_NEVER_VALIDATED = -1.0


@dataclasses.dataclass
class Validations:
  """Validation scores of one seed.

  Attributes:
    best: the best score, in [0, 1].
    best_step: the step after which it was reached.
    last: the last score.
    diverged_step: of the validation that first saw a loss that is not finite.
  """

  best: float = _NEVER_VALIDATED
  best_step: int = 0
  last: float = _NEVER_VALIDATED
  diverged_step: int | None = None

  def add(self, step: int, score: float, loss: float) -> bool:
    """Takes in a validation; returns whether it is the best so far."""
    if self.diverged_step is not None:
      return False  # Alone, its training would have ended.
    self.last = score
    if not np.isfinite(loss):
      self.diverged_step = step
    improved = score > self.best or step == 0
    if improved:
      self.best, self.best_step = score, step
    return improved


class SeedScore(NamedTuple):
  """The result of one seed.

  Attributes:
    validations: on the way.
    by_length: test scores in [0, 1] by number of nodes, of the weights with the
      best validation.
    parameters: of the activation in these weights, by name.
  """

  validations: Validations
  by_length: Mapping[int, float]
  parameters: Mapping[str, Learned] = {}


def saved_streams(
  checkpoint: Checkpoint, num_seeds: int
) -> list[SamplerState | None]:
  """States of the seeds' streams in a checkpoint; None if it is empty.

  Raises:
    UserError: see Checkpoint.
  """
  saved = checkpoint.progress()
  if not saved:
    return [None] * num_seeds
  return [SamplerState.from_json(state) for state in saved["streams"]]


class AlgorithmTraining:
  """Upstream's training loop, made so that it can be interrupted.

  The weights with the best validation score are tested, as in upstream's
  example; ties go to the earlier ones.
  """

  def __init__(
    self,
    protocol: Protocol,
    seeds: Sequence[int],
    sources: Sequence[BatchSource],
    compiled: CompiledModel,
    checkpoint: Checkpoint,
    scalars: Scalars,
    show: Callable[[TrainingProgress], None],
  ):
    """Prepares a training, or goes on with the one in the checkpoint.

    Args:
      protocol: lengths, steps and validations.
      seeds: trained side by side.
      sources: batches of each seed, from where its saved stream is.
      compiled: a model for as many seeds.
      checkpoint: of this training.
      scalars: gets losses and scores of validations, by hint, too, and test
        scores; means over seeds.
      show: is told the progress after every step.

    Raises:
      UserError: see Checkpoint.
    """
    self._protocol = protocol
    self._compiled = compiled
    self._checkpoint = checkpoint
    self._scalars = scalars
    self._show = show
    headers = [source.header for source in sources]
    state = compiled.init(seeds, [header.key_seed for header in headers])
    self._step, self._validations = 0, [Validations() for _ in seeds]
    if saved := checkpoint.progress():
      self._step = saved["step"]
      self._validations = [Validations(**v) for v in saved["validations"]]
      state = checkpoint.state(like=state)
    self._state: TrainState = state
    self._draws = zip(*sources, strict=True)
    self._ahead: list[tuple[StepBatches, ...]] = []

  def forecast(self) -> Forecast | None:
    """Times and memory, measured; None if no step is left."""
    self._look_ahead()
    if not self._ahead:
      return None
    return forecast(self._compiled, self._state, self._ahead, self._protocol)

  def bytes_of_test(self, batch: clrs.Feedback) -> int:
    """Memory that the test of a batch takes."""
    return self._compiled.bytes_of_test(self._state, batch.features)

  def run(
    self, tests: Mapping[int, Sequence[clrs.Feedback]]
  ) -> list[SeedScore]:
    """Trains and tests; returns the result of each seed.

    Args:
      tests: the batches of the test splits, by number of nodes.

    Raises:
      UserError: see BatchSource.
    """
    self._train()
    results = [
      SeedScore(
        validations,
        {n: self._tested(index, batches) for n, batches in tests.items()},
        self._compiled.learned(self._state, index),
      )
      for index, validations in enumerate(self._validations)
    ]
    for length in tests:
      score = float(np.mean([found.by_length[length] for found in results]))
      nodes = "" if length == BENCHMARK_LENGTH else f"_{length}"
      self._scalars.write(self._step, {f"test_score{nodes}": score})
    return results

  def _tested(self, index: int, batches: Sequence[clrs.Feedback]) -> float:
    """The score of a seed's best weights."""
    predictions = [
      self._compiled.test(self._state, index, batch.features)
      for batch in batches
    ]
    return evaluated([batch.outputs for batch in batches], predictions)

  def _train(self) -> None:
    drawn: tuple[StepBatches, ...] = ()
    self._look_ahead()
    for drawn in chain(self._ahead, self._draws):
      self._state, losses = self._compiled.step(
        self._state, [d.training for d in drawn]
      )
      if drawn[0].validation:
        self._validate(drawn, losses)
      self._step += 1
      if self._checkpoint.is_due():
        self._save(drawn)
      self._show(TrainingProgress(self._step, losses, self._val_score()))
      if all(v.diverged_step is not None for v in self._validations):
        break
    if drawn:  # Else it was resumed after its last step.
      self._save(drawn)

  def _look_ahead(self) -> None:
    """Draws a step at every length, and begins to compile for it."""
    if self._ahead:
      return
    self._ahead = list(islice(self._draws, len(self._protocol.train_lengths)))
    for drawn in self._ahead:
      self._compiled.prepare(self._state, drawn)

  def _validate(self, drawn: Sequence[StepBatches], losses: jax.Array) -> None:
    batches = list(zip(*(d.validation for d in drawn), strict=True))
    found = [
      self._compiled.validate(self._state, [b.features for b in batch])
      for batch in batches
    ]
    improved, hints = [], []
    for index, (validations, loss) in enumerate(
      zip(self._validations, np.atleast_1d(losses), strict=True)
    ):
      outputs, decided = zip(
        *(by_seed[index] for by_seed in found), strict=True
      )
      own = [batch[index] for batch in batches]
      score = evaluated([batch.outputs for batch in own], outputs)
      hints.append(evaluated_hints([batch.features for batch in own], decided))
      improved.append(validations.add(self._step, score, loss))
    self._state = self._compiled.after_validation(self._state, improved)
    loss = float(np.mean(losses))
    by_hint = {
      f"val_hints/{name}": float(np.mean([of_seed[name] for of_seed in hints]))
      for name in hints[0]
    }
    values = {"loss": loss, "val_score": self._val_score(), **by_hint}
    self._scalars.write(self._step, values)

  def _val_score(self) -> float:
    """The last validation score, mean over seeds."""
    return float(np.mean([v.last for v in self._validations]))

  def _save(self, drawn: Sequence[StepBatches]) -> None:
    progress = {
      "validations": [dataclasses.asdict(v) for v in self._validations],
      "streams": [d.state.to_json() for d in drawn],
    }
    self._checkpoint.save(self._step, self._state, progress)
