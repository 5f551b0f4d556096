"""Trainings that are interrupted, and seeds that diverge."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import jax
import numpy as np
import pytest

from harness.core.fitness import Status
from harness.core.scalars import Scalars
from harness.core.trainings import checkpoint
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.status_line import TrainingProgress
from tasks.imagenet import training
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.training import (
  ClassifierTraining,
  SeedAccuracy,
  TrainState,
)
from tests.tasks.imagenet import tiny


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


def _pass(progress: TrainingProgress) -> None:
  del progress


class Trained:
  """Trains two seeds side by side, with one classifier for all tests."""

  def __init__(self) -> None:
    self._classifier = tiny.classifier(tiny.RECIPE, tiny.gelusine, num_seeds=2)
    self._classifier.compile(self._classifier.init([0, 1]))

  def __call__(
    self,
    path: Path,
    show: Callable[[TrainingProgress], None] = _pass,
    batches: Callable[[int, int], Iterator[Batch]] = tiny.training_batches,
    test_batches: Callable[[], Iterable[Batch]] = tiny.test_batches,
  ) -> tuple[list[SeedAccuracy], TrainState]:
    """The results, and the state after the last step."""
    kept = Checkpoint(path / "checkpoint.npz", {"seeds": [0, 1]})
    with Scalars(path / "curves") as scalars:
      training = ClassifierTraining(
        tiny.RECIPE,
        [0, 1],
        tiny.STEPS,
        self._classifier,
        kept,
        scalars,
        show,
      )
      streams = [batches(seed, training.step) for seed in (0, 1)]
      results = training.run(streams, test_batches)
      return results, jax.device_get(training.state)


Ended = tuple[list[SeedAccuracy], TrainState]


@pytest.fixture(scope="module")
def trained(tiny_models: None) -> Trained:
  return Trained()


@pytest.fixture(scope="module")
def whole(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Ended:
  return trained(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def always_saved(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setattr(checkpoint, "_INTERVAL", -1.0)
  monkeypatch.setattr(training, "_LOOK_EVERY", 1)


def _interrupt_at(*steps: int) -> Callable[[TrainingProgress], None]:
  left = list(steps)

  def show(progress: TrainingProgress) -> None:
    if left and progress.step == left[0]:
      left.pop(0)
      raise Interrupted

  return show


def _assert_same(found: Ended, expected: Ended) -> None:
  assert found[0] == expected[0]
  jax.tree.map(np.testing.assert_array_equal, found[1], expected[1])


@pytest.mark.usefixtures("always_saved")
@pytest.mark.slow
def test_an_interrupted_training_goes_on_exactly(
  trained: Trained, whole: Ended, tmp_path: Path
) -> None:
  started: list[int] = []

  def batches(seed: int, step: int) -> Iterator[Batch]:
    started.append(step)
    return tiny.training_batches(seed, step)

  steps = (1, 3, tiny.STEPS, tiny.STEPS + 1, 2 * tiny.STEPS)
  show = _interrupt_at(*steps)
  for _ in steps:
    with pytest.raises(Interrupted):
      trained(tmp_path, show, batches)
  _assert_same(trained(tmp_path, show, batches), whole)
  # It did not begin anew: the step before the interrupted one was kept.
  expected = [0, *(step - 1 for step in steps)]
  assert started == list(np.repeat(expected, 2))


def test_a_training_interrupted_in_its_last_test_goes_on_exactly(
  trained: Trained, whole: Ended, tmp_path: Path
) -> None:
  tests = itertools.count()

  def test_batches() -> Iterator[Batch]:
    if next(tests) == 1:  # After the second of two epochs.
      raise Interrupted
    return tiny.test_batches()

  def no_batches(seed: int, step: int) -> Iterator[Batch]:
    assert step == 2 * tiny.STEPS
    return iter(())

  with pytest.raises(Interrupted):
    trained(tmp_path, test_batches=test_batches)
  _assert_same(trained(tmp_path, batches=no_batches), whole)


def _broken(seed: int, step: int) -> Iterator[Batch]:
  """Batches; at step 5 that of seed 1 is not finite."""
  for number, batch in enumerate(tiny.training_batches(seed, step), step):
    if (seed, number) == (1, 5):
      batch = batch._replace(images=batch.images * np.inf)
    yield batch


@pytest.mark.usefixtures("always_saved")
def test_a_diverged_seed_leaves_the_others_alone(
  trained: Trained, whole: Ended, tmp_path: Path
) -> None:
  (healthy, diverged), state = trained(tmp_path / "one", batches=_broken)
  assert healthy == whole[0][0]
  jax.tree.map(
    lambda a, b: np.testing.assert_array_equal(a[0], b[0]), state, whole[1]
  )
  assert diverged == SeedAccuracy(Status.DIVERGED, diverged_step=6)
  # Nor does it forget, when resumed, that it has.
  show = _interrupt_at(8)
  with pytest.raises(Interrupted):
    trained(tmp_path / "two", show, _broken)
  found, _ = trained(tmp_path / "two", show, _broken)
  assert found == [healthy, diverged]
