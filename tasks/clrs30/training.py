"""One training of one activation on one algorithm, for some seeds at a time."""

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any, NamedTuple

import clrs
import jax
import numpy as np

from harness.core.checkpoint import Checkpoint
from tasks.clrs30.compiled import Programs, State
from tasks.clrs30.data.batch_source import (
  BatchSource,
  Header,
  SamplerState,
  StepBatches,
)
from tasks.clrs30.data.sampler import prepared
from tasks.clrs30.model import Decided
from tasks.clrs30.protocol import Protocol

_CHECKPOINT_INTERVAL = 30.0  # Seconds.
_NEVER_VALIDATED = -1.0


class Moment(NamedTuple):
  """How far a training is.

  Attributes:
    step: steps done.
    losses: of the last step, one or by seed; perhaps not yet computed.
    validation: the last score, in [0, 1], mean over seeds.
  """

  step: int
  losses: jax.Array
  validation: float


@dataclasses.dataclass
class Validations:
  """What is known of one seed.

  Attributes:
    best: the best validation score, in [0, 1].
    best_step: the step after which it was.
    last: the last validation score.
    diverged_step: of the validation that first saw a loss that is not finite.
  """

  best: float = _NEVER_VALIDATED
  best_step: int = 0
  last: float = _NEVER_VALIDATED
  diverged_step: int | None = None

  def add(self, step: int, score: float, loss: float) -> bool:
    """Takes in a validation; says whether it is the best so far."""
    if self.diverged_step is not None:
      return False  # Alone, its training would have ended.
    self.last = score
    if not np.isfinite(loss):
      self.diverged_step = step
    improved = score > self.best or step == 0
    if improved:
      self.best, self.best_step = score, step
    return improved


class Outcome(NamedTuple):
  """What a training came to, for one seed.

  Attributes:
    validations: what was seen on the way.
    test_score: in [0, 1], of the weights with the best validation.
    seconds: that it took, over all processes that worked at it.
  """

  validations: Validations
  test_score: float
  seconds: float


class Training:
  """Upstream's training loop, made so that it can be interrupted.

  The weights with the best validation score are tested, as in upstream's
  example; ties go to the earlier ones.
  """

  def __init__(
    self,
    protocol: Protocol,
    algorithm: str,
    seeds: Sequence[int],
    make_programs: Callable[[Header], Programs],
    checkpoint: Checkpoint,
    open_source: Callable[[int, SamplerState | None], BatchSource],
    show: Callable[[Moment], None],
  ):
    """Prepares a training.

    Args:
      protocol: how to train.
      algorithm: what to learn.
      seeds: trained side by side.
      make_programs: for as many seeds, and for batches as the header has them.
      checkpoint: where it goes on, if there is something.
      open_source: gives the batches of a seed, from a state on.
      show: is told how far it is, often.
    """
    self._protocol = protocol
    self._algorithm = algorithm
    self._seeds = tuple(seeds)
    self._make_programs = make_programs
    self._checkpoint = checkpoint
    self._open_source = open_source
    self._show = show
    self._validations = [Validations() for _ in seeds]
    self._earlier = 0.0  # Seconds, in processes before this one.
    self._start = self._saved = time.monotonic()

  def run(self, test: clrs.Feedback) -> list[Outcome]:
    """Trains and tests; one outcome per seed.

    Args:
      test: the test split, as upstream gives it.

    Raises:
      UserError: see Checkpoint and BatchSource.
    """
    state = self._train()
    batches = list(in_batches(test, self._algorithm, self._protocol))
    outputs = [batch.outputs for batch in batches]
    scores = []
    for index in range(len(self._seeds)):
      found = [self._programs.test(state, index, b.features) for b in batches]
      scores.append(evaluated(outputs, found))
    return [
      Outcome(validations, score, self._seconds())
      for validations, score in zip(self._validations, scores, strict=True)
    ]

  def _train(self) -> State:
    with ExitStack() as stack:
      step, state, draws = self._begin(stack)
      drawn: tuple[StepBatches, ...] = ()
      for drawn in draws:
        state, losses = self._programs.step(state, [d.training for d in drawn])
        if drawn[0].validation:
          state = self._validate(step, state, drawn, losses)
        step += 1
        if time.monotonic() - self._saved > _CHECKPOINT_INTERVAL:
          self._save(step, state, drawn)
        self._show(Moment(step, losses, self._last_validation()))
        if all(v.diverged_step is not None for v in self._validations):
          break
      if drawn:  # Else it was resumed after its last step.
        self._save(step, state, drawn)
    return state

  def _begin(
    self, stack: ExitStack
  ) -> tuple[int, State, Iterator[tuple[StepBatches, ...]]]:
    """Steps done, the state after them, and what the others take."""
    saved = self._checkpoint.progress()
    streams: list[SamplerState | None] = [None] * len(self._seeds)
    if saved:
      self._validations = [Validations(**v) for v in saved["validations"]]
      self._earlier = saved["seconds"]
      streams = [SamplerState.from_json(s) for s in saved["streams"]]
    sources = [
      stack.enter_context(self._open_source(seed, stream))
      for seed, stream in zip(self._seeds, streams, strict=True)
    ]
    headers = [source.header for source in sources]
    self._programs = self._make_programs(headers[0])
    state = self._programs.init(
      self._seeds, [header.key_seed for header in headers]
    )
    if saved:
      state = self._checkpoint.state(like=state)
    draws = zip(*sources, strict=True)
    ahead = list(islice(draws, len(self._protocol.train_lengths)))
    for drawn in ahead:
      self._programs.prepare(state, drawn)
    return saved["step"] if saved else 0, state, chain(ahead, draws)

  def _validate(
    self,
    step: int,
    state: State,
    drawn: Sequence[StepBatches],
    losses: jax.Array,
  ) -> State:
    batches = list(zip(*(d.validation for d in drawn), strict=True))
    found = [
      self._programs.validate(state, [b.features for b in batch])
      for batch in batches
    ]
    improved = [
      validations.add(
        step,
        evaluated(
          [batch[index].outputs for batch in batches],
          [predictions[index] for predictions in found],
        ),
        loss,
      )
      for index, (validations, loss) in enumerate(
        zip(self._validations, np.atleast_1d(losses), strict=True)
      )
    ]
    return self._programs.after_validation(state, improved)

  def _last_validation(self) -> float:
    return float(np.mean([v.last for v in self._validations]))

  def _save(
    self, step: int, state: State, drawn: Sequence[StepBatches]
  ) -> None:
    progress = {
      "step": step,
      "seconds": self._seconds(),
      "validations": [dataclasses.asdict(v) for v in self._validations],
      "streams": [d.state.to_json() for d in drawn],
    }
    self._checkpoint.save(step, state, progress)
    self._saved = time.monotonic()

  def _seconds(self) -> float:
    return self._earlier + time.monotonic() - self._start


def in_batches(
  split: clrs.Feedback, algorithm: str, protocol: Protocol
) -> Iterator[clrs.Feedback]:
  """The samples of a split, as the network takes them."""
  num_samples = len(split.features.lengths)
  starts = range(0, num_samples, protocol.batch_size)
  _, batches = prepared(
    algorithm,
    (_part(split, slice(i, i + protocol.batch_size)) for i in starts),
  )
  return islice(batches, len(starts))


def _part(split: clrs.Feedback, part: slice) -> clrs.Feedback:
  def cut(point: clrs.DataPoint, part: Any) -> clrs.DataPoint:
    return clrs.DataPoint(
      point.name, point.location, point.type_, point.data[part]
    )

  features, outputs = split
  return clrs.Feedback(
    clrs.Features(
      tuple(cut(point, part) for point in features.inputs),
      tuple(cut(point, (slice(None), part)) for point in features.hints),
      features.lengths[part],
    ),
    tuple(cut(point, part) for point in outputs),
  )


def evaluated(outputs: Sequence[Any], predictions: Sequence[Decided]) -> float:
  """Upstream's score of batches taken together, in [0, 1].

  Upstream's example counts each test trajectory twice, which changes nothing.
  """
  truth, found = (
    jax.tree.map(lambda *x: np.concatenate(x), *batches)
    for batches in (outputs, predictions)
  )
  return float(clrs.evaluate(truth, found)["score"])
