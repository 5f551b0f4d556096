"""The loop with scripted losses and scores: tests, divergence, interruption."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import clrs
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from harness.core.scalars import Scalars
from harness.core.trainings import checkpoint
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.clrs30.compiled import CompiledModel
from tasks.clrs30.data.batch_source import Header, SamplerState, StepBatches
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import (
  AlgorithmTraining,
  SeedScore,
  saved_streams,
)
from tests.curves import read_curves
from tests.tasks.clrs30.given import Given

Show = Callable[[TrainingProgress], None]
NUM_NODES = 10  # Scores come in tenths.
POINTS = ("pi", clrs.Location.NODE, clrs.Type.POINTER)
HINT = ("pi_h", *POINTS[1:])


@dataclasses.dataclass(frozen=True)
class Script:
  """Losses and scores of a training.

  Attributes:
    losses: of each step.
    tenths: tenths of the validation score of the weights after each step.
  """

  losses: Sequence[float]
  tenths: Sequence[int]


class Scripted:
  """A model whose weights are a seed and the steps done; see Model.

  On the test split they score as many tenths as there were steps, which tells
  which weights were tested.
  """

  optimiser = optax.identity()
  activation = jax.nn.relu

  def __init__(self, *scripts: Script):
    """One for each seed."""
    self._losses = jnp.array([s.losses for s in scripts])
    self._tenths = jnp.array([s.tenths for s in scripts])

  def init(self, seed: int) -> jax.Array:
    return jnp.array([seed - 1, 0])

  def by_name(self, weights: jax.Array) -> Any:
    return {"weights": {"w": weights}}

  def step(self, weights: jax.Array, state: Any, key: Any, batch: Any) -> Any:
    seed, step = weights
    return weights + jnp.array([0, 1]), state, self._losses[seed, step]

  def predict(self, weights: jax.Array, features: clrs.Features) -> Any:
    seed, num_steps = weights
    is_test = jnp.any(features.inputs[0].data > 0)
    tenths = self._tenths[seed, num_steps - 1]
    wrong = jnp.arange(NUM_NODES) >= jnp.where(is_test, num_steps, tenths)
    return {"pi": clrs.DataPoint(*POINTS, wrong.astype(int)[None])}

  def predict_hints(self, weights: jax.Array, features: clrs.Features) -> Any:
    """Of two steps: right half of the time."""
    right = jnp.repeat(jnp.array([0, 1]), NUM_NODES).reshape(2, 1, NUM_NODES)
    return self.predict(weights, features), {
      "pi_h": clrs.DataPoint(*HINT, right)
    }


def _batch(*, is_test: bool) -> clrs.Feedback:
  mark = np.full((1, 1), float(is_test))
  features = clrs.Features(
    (clrs.DataPoint("pos", clrs.Location.NODE, clrs.Type.SCALAR, mark),),
    (clrs.DataPoint(*HINT, np.zeros((3, 1, NUM_NODES), int)),),
    np.full(1, 3),
  )
  right = np.zeros((1, NUM_NODES), int)
  return clrs.Feedback(features, (clrs.DataPoint(*POINTS, right),))


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


def _pass(progress: TrainingProgress) -> None:
  del progress


def _interrupt(progress: TrainingProgress) -> None:
  raise Interrupted


class Play:
  """A training that goes as scripts say, one for each seed."""

  def __init__(self, *scripts: Script, eval_every: int = 1):
    self._protocol = Protocol(
      train_lengths=(4,),
      train_steps=len(scripts[0].losses),
      eval_every=eval_every,
      batch_size=1,
    )
    batch = _batch(is_test=False)
    self._draws = [
      StepBatches(
        batch,
        [batch] if self._protocol.validates_after(step) else [],
        SamplerState(step + 1, [], []),
      )
      for step in range(self._protocol.train_steps)
    ]
    self._seeds = range(len(scripts))
    model: Any = Scripted(*scripts)
    self.stages: list[str] = []
    self._compiled = CompiledModel(model, len(scripts))
    self._compiled.tell = self.stages.append

  def run(self, path: Path, show: Show = _pass) -> list[SeedScore]:
    header = Header({}, _batch(is_test=False), 0)
    kept = Checkpoint(path / "kept.npz", {})
    with Scalars(path) as scalars:
      sources = [
        Given(header, self._draws, stream.taken if stream else 0)
        for stream in saved_streams(kept, len(self._seeds))
      ]
      training = AlgorithmTraining(
        self._protocol,
        self._seeds,
        sources,
        self._compiled,
        kept,
        scalars,
        show,
      )
      return training.run({64: [_batch(is_test=True)]})


def _script(tenths: Sequence[int], *, nan_at: int | None = None) -> Script:
  """A script whose losses are not finite from a step on."""
  steps = range(len(tenths))
  bad = len(tenths) if nan_at is None else nan_at
  return Script([np.nan if i >= bad else 1.0 for i in steps], tenths)


@pytest.mark.parametrize(
  ("tenths", "eval_every", "best_step"),
  [
    ([3, 7, 5, 8, 2], 1, 3),
    ([3, 7, 5, 7, 2], 1, 1),  # The earlier of two.
    ([3, 9, 5, 9, 2], 2, 2),  # Of those that were validated.
    ([0, 0, 0], 1, 0),  # The first is kept, whatever it scores.
    ([4, 3, 2], 1, 0),
  ],
)
def test_the_weights_of_the_best_validation_are_tested(
  tenths: list[int], eval_every: int, best_step: int, tmp_path: Path
) -> None:
  play = Play(_script(tenths), eval_every=eval_every)
  (outcome,) = play.run(tmp_path)
  found = outcome.validations
  assert found.best_step == best_step
  assert found.best == tenths[best_step] / NUM_NODES
  last = (len(tenths) - 1) // eval_every * eval_every
  assert found.last == tenths[last] / NUM_NODES
  assert found.diverged_step is None
  assert outcome.by_length[64] == (best_step + 1) / NUM_NODES
  # Until its score is on record it may end again; no step is left.
  assert play.run(tmp_path, _interrupt) == [outcome]


def test_a_program_that_is_waited_for_is_told(tmp_path: Path) -> None:
  """Of the test, too, whose shapes no step has."""
  play = Play(_script([3, 7]), _script([3, 7]))
  play.run(tmp_path / "first")
  assert play.stages[-2:] == ["compiling", "testing"]
  play.stages.clear()
  play.run(tmp_path / "second")
  assert play.stages == []


def test_curves_show_validations_and_the_test(tmp_path: Path) -> None:
  scripts = _script([3, 0, 5, 0, 2]), _script([1, 0, 2, 0, 9])
  Play(*scripts, eval_every=2).run(tmp_path)
  curves = read_curves(tmp_path)
  assert curves["loss"] == [(0, 1.0), (2, 1.0), (4, 1.0)]
  assert curves["val_score"] == [
    (0, pytest.approx(0.2)), (2, pytest.approx(0.35)), (4, pytest.approx(0.55))
  ]  # fmt: skip
  assert curves["val_hints/pi_h"] == [(0, 0.5), (2, 0.5), (4, 0.5)]
  assert curves["test_score"] == [(5, pytest.approx(0.4))]  # Of steps 2 and 4.


@pytest.mark.parametrize(
  ("nan_at", "diverged_step", "best_step"), [(3, 4, 2), (4, 4, 2), (0, 0, 0)]
)
def test_a_diverged_training_ends_and_has_a_score(
  nan_at: int, diverged_step: int, best_step: int, tmp_path: Path
) -> None:
  steps: list[int] = []
  script = _script([1, 0, 3, 0, 2, 0, 9, 0, 9], nan_at=nan_at)
  play = Play(script, eval_every=2)
  (outcome,) = play.run(tmp_path, lambda progress: steps.append(progress.step))
  assert outcome.validations.diverged_step == diverged_step
  assert outcome.validations.best_step == best_step
  assert outcome.by_length[64] == (best_step + 1) / NUM_NODES
  assert steps == list(range(1, diverged_step + 2))


def test_a_diverged_seed_leaves_the_other_alone(tmp_path: Path) -> None:
  """Scores of a seed after its divergence do not count, as if it were alone."""
  scripts = [_script([1, 2, 3, 9], nan_at=1), _script([1, 5, 4, 4])]
  both = Play(*scripts).run(tmp_path / "both")
  (first,) = Play(scripts[0]).run(tmp_path / "first")
  assert both[0] == first
  assert first.validations.diverged_step == 1
  assert both[1].validations.best_step == 1
  assert both[1].validations.last == 0.4
  assert both[1].by_length[64] == 0.2


@pytest.mark.parametrize("nan_at", [None, 3])
def test_a_training_may_be_interrupted_after_every_step(
  nan_at: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(checkpoint, "_INTERVAL", -1.0)
  scripts = [_script([1, 2, 5, 9, 9], nan_at=nan_at), _script([3, 3, 2, 4, 1])]
  play = Play(*scripts)
  expected = play.run(tmp_path / "whole")
  path = tmp_path / "pieces"
  for _ in scripts[0].losses:
    with pytest.raises(Interrupted):
      play.run(path, _interrupt)
  assert play.run(path, _interrupt) == expected


def test_a_diverged_training_stays_as_it_was(tmp_path: Path) -> None:
  play = Play(_script([1, 2, 3, 9, 9], nan_at=2))
  expected = play.run(tmp_path)
  assert expected[0].validations.diverged_step == 2
  assert play.run(tmp_path) == expected
