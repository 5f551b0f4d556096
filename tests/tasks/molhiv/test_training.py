"""Trainings that are interrupted or diverge, and the epoch that is tested."""

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.fitness import Status
from harness.core.parameters import Learned
from harness.core.scalars import Scalars
from harness.core.trainings import checkpoint
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.molhiv import auc, training
from tasks.molhiv.compiled import CompiledNetwork, TrainState
from tasks.molhiv.data import batches
from tasks.molhiv.data.batches import Batch
from tasks.molhiv.data.molecules import Molecules
from tasks.molhiv.training import MoleculeTraining, Result
from tests.curves import read_curves
from tests.tasks.molhiv import tiny

pytestmark = pytest.mark.usefixtures("quick_compilation")

SEED = 2
PROTOCOL = tiny.PROTOCOL  # Of 4 epochs of a step each.


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


def _pass(progress: TrainingProgress) -> None:
  del progress


class Trained:
  """Trains with one network for all tests."""

  def __init__(self, molecules: Molecules):
    self._molecules = molecules
    self._network = CompiledNetwork(PROTOCOL, tiny.gelusine)
    self._tests = {s: batches.in_order(molecules, s) for s in ("valid", "test")}

  def __call__(
    self,
    path: Path,
    show: Callable[[TrainingProgress], None] = _pass,
    score: training.Score | None = None,
    epochs: int = PROTOCOL.epochs,
  ) -> tuple[Result, TrainState]:
    """The result, and the state after the last step."""
    kept = Checkpoint(path / "checkpoint.npz", {"seed": SEED})
    with Scalars(path / "curves") as scalars:
      loop = MoleculeTraining(
        dataclasses.replace(PROTOCOL, epochs=epochs),
        SEED,
        1,
        self._network,
        kept,
        scalars,
        show,
      )
      stream = batches.training_batches(
        self._molecules, PROTOCOL.batch_size, SEED, loop.step
      )
      result = loop.run(stream, score or self.score)
      return result, jax.device_get(loop.state)

  def score(self, state: TrainState, split: str) -> float | None:
    logits = self._network.predictions(state, self._tests[split])
    labels = self._molecules.labels[self._molecules.splits[split]]
    return auc.roc_auc(labels, logits)


@pytest.fixture(scope="module")
def trained(molecules: Molecules) -> Trained:
  return Trained(molecules)


def test_an_interrupted_training_goes_on_exactly(
  trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  whole = trained(tmp_path / "whole")
  monkeypatch.setattr(checkpoint, "_INTERVAL", -1.0)
  left = [1, 3, 4]
  steps: list[int] = []

  def show(progress: TrainingProgress) -> None:
    steps.append(progress.step)
    if left and progress.step == left[0]:
      left.pop(0)
      raise Interrupted

  for _ in range(3):
    with pytest.raises(Interrupted):
      trained(tmp_path, show)
  found = trained(tmp_path, show)
  assert steps == [1, 1, 2, 3, 3, 4, 4]
  assert found[0] == whole[0]
  jax.tree.map(np.testing.assert_array_equal, found[1], whole[1])
  assert found[0].status is Status.OK
  # It has ended: nothing is left to do.
  assert trained(tmp_path, show)[0] == whole[0]
  assert len(steps) == 7


def _scores(valid: Sequence[float | None]) -> training.Score:
  """Scores by epoch; that of the test names its epoch."""
  left = list(enumerate(valid, 1))
  epoch = 0

  def score(state: TrainState, split: str) -> float | None:
    nonlocal epoch
    if split == "test":
      return epoch / 100
    epoch, value = left.pop(0)
    return value

  return score


def test_the_test_is_at_the_best_validation(
  trained: Trained, tmp_path: Path
) -> None:
  found, _ = trained(tmp_path, score=_scores([0.5, 0.75, 0.75, 0.6]))
  assert found == Result(None, 0.75, 2, 0.02, {})
  curves = read_curves(tmp_path / "curves")
  assert curves.keys() == {"loss", "val_auc", "test_auc"}
  steps, values = zip(*curves["val_auc"], strict=True)
  assert steps == (1, 2, 3, 4)
  assert values == pytest.approx((0.5, 0.75, 0.75, 0.6))
  assert [step for step, _ in curves["test_auc"]] == [1, 2]


def test_a_prediction_that_is_not_finite_ends_a_training(
  trained: Trained, tmp_path: Path
) -> None:
  found, _ = trained(tmp_path, score=_scores([0.5, None]))
  assert found == Result(diverged_step=2)
  assert found.status is Status.DIVERGED
  assert trained(tmp_path)[0] == found  # It does not forget.


class _Broken:
  """A network whose loss is not a number from step 2 on."""

  def init(self, seed: int) -> TrainState:
    return TrainState(jnp.zeros(()), {}, {}, jnp.zeros(()))

  def step(
    self, state: TrainState, batch: None
  ) -> tuple[TrainState, jax.Array]:
    params = state.params + 1
    return state._replace(params=params), jnp.log(1.5 - params)

  def learned(self, state: TrainState) -> dict[str, Learned]:
    return {}


def test_a_loss_that_is_not_finite_ends_a_training(tmp_path: Path) -> None:
  network: Any = _Broken()
  kept = Checkpoint(tmp_path / "checkpoint.npz", {})
  with Scalars(tmp_path / "curves") as scalars:
    loop = MoleculeTraining(PROTOCOL, 0, 1, network, kept, scalars, _pass)
    found = loop.run(itertools.repeat(cast(Batch, None)), _scores([0.5]))
  assert found == Result(diverged_step=2)
