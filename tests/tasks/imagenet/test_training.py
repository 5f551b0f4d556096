"""Training: what is learnt, how it is counted, interrupted, diverged."""

import dataclasses
import itertools
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core import records
from harness.core.checkpoint import Checkpoint
from harness.core.errors import UserError
from harness.core.fitness import Activation, Status
from harness.core.workdir import Workdir
from tasks.imagenet import logistic, memory, run, training
from tasks.imagenet.compiled import Accuracy, Program, State
from tasks.imagenet.data import datasets, pipeline
from tasks.imagenet.data.batches import Batch, full, padded
from tasks.imagenet.models import MODELS
from tasks.imagenet.models.vgg import Vgg
from tasks.imagenet.models.vit import Size, ViT
from tasks.imagenet.recipes import RECIPES, Recipe
from tasks.imagenet.scalars import Scalars
from tasks.imagenet.status_line import Display
from tasks.imagenet.training import Moment, Outcome, Training
from tests import ROOT
from tests.tasks.imagenet.data import miniatures

DIGITS = datasets.by_name("digits")
STEPS = 4  # Of an epoch, where nobody says how many.
RECIPE = Recipe(
  model="normed",
  epochs=2,
  batch_size=64,
  rate_per_256=0.4,
  warmup_epochs=1,
  weight_decay=1e-4,
  label_smoothing=0.1,
)
# At its first step, too, this one moves.
PLAIN = dataclasses.replace(RECIPE, model="plain", warmup_epochs=0)


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """Stands for whatever ends a process."""


class Plain(hk.Module):
  """Without batch norm: an image's logits are its own."""

  def __init__(self, num_classes: int, activation: Activation):
    super().__init__()
    self._num_classes = num_classes
    self._activation = activation

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    hidden = self._activation(hk.Linear(16)(hk.Flatten()(images)))
    logits: jax.Array = hk.Linear(self._num_classes)(hidden)
    return logits


class Pixels(hk.Module):
  """Takes the first pixels of an image for its logits; has no weights."""

  def __init__(self, num_classes: int):
    super().__init__()
    self._num_classes = num_classes

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    return images.reshape(len(images), -1)[:, : self._num_classes]


# By what a recipe calls them; all compile in about a second.
TINY: dict[str, Any] = {
  "normed": lambda n, activation, dtype: Vgg((4,), n, activation, dtype),
  "small_vgg": lambda n, activation, dtype: Vgg((4, 8), n, activation, dtype),
  "plain": lambda n, activation, dtype: Plain(n, activation),
  "pixels": lambda n, activation, dtype: Pixels(n),
  "small_vit": lambda n, activation, dtype: ViT(
    Size(width=24, layers=1, heads=3), n, activation, dtype
  ),
}


@pytest.fixture(scope="module", autouse=True)
def tiny() -> Iterator[None]:
  """Makes them known; leaves out what else takes a second of each run."""
  with pytest.MonkeyPatch.context() as patch:
    for name, builder in TINY.items():
      patch.setitem(MODELS, name, builder)
    patch.setattr(logistic, "accuracy", lambda dataset: None)
    yield


def gelusine(x: jax.Array) -> jax.Array:
  return jax.nn.gelu(x) + 0.1 * jnp.sin(x)


def _program(
  recipe: Recipe, activation: Activation = jax.nn.relu, **changes: Any
) -> Program:
  arguments = {"steps_per_epoch": STEPS, "image_size": 8} | changes
  return Program(DIGITS, recipe, activation, **arguments)


def _batches(seed: int, step: int) -> Iterator[Batch]:
  size = RECIPE.batch_size
  return pipeline.training_batches(DIGITS, None, size, seed, start_step=step)


def _test_batches() -> Iterator[Batch]:
  return pipeline.test_batches(DIGITS, None, RECIPE.batch_size)


def _pass(moment: Moment) -> None:
  del moment


def _assert_close(found: Any, expected: Any, tolerance: float = 1e-5) -> None:
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=0, atol=tolerance),
    found,
    expected,
  )


# A whole run ----------------------------------------------------------------


def _config(recipe: Recipe, **changes: Any) -> run.Config:
  activations = changes.pop("activations", {"gelusine": gelusine})
  arguments: dict[str, Any] = {
    "dataset": DIGITS,
    "activations": activations,
    "program_ids": {name: f"id-{name}" for name in activations},
    "seeds": (0,),
    "image_size": 8,
    "seeds_per_program": 1,
    "data_dir": None,
  }
  return run.Config(recipe=recipe, **(arguments | changes))


def _run(config: run.Config, path: Path, *, resume: bool = False) -> Any:
  """Its records, without the time that it took."""
  run.run(config, Workdir(str(path), resume=resume))
  return _records(path)


def _records(path: Path) -> list[dict[str, Any]]:
  found = records.read_jsonl(path / "scores.jsonl")
  assert all(record.pop("seconds") > 0 for record in found)
  return found


def _curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
  """Steps and values by name, as TensorBoard reads them."""
  from tensorboard.backend.event_processing import event_accumulator

  (file,) = folder.iterdir()
  accumulator = event_accumulator.EventAccumulator(str(file))
  accumulator.Reload()
  return {
    name: [(event.step, event.value) for event in accumulator.Scalars(name)]
    for name in accumulator.Tags()["scalars"]
  }


def test_resnet50_is_trained_and_tested(
  miniature_imagenet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  """Two steps, and one batch of 8 images and 2 that are none."""
  tested: list[Batch] = []
  really = pipeline.test_batches

  def test_batches(*args: Any, **options: Any) -> Iterator[Batch]:
    for batch in really(*args, **options):
      tested.append(batch)
      yield batch

  monkeypatch.setattr(pipeline, "test_batches", test_batches)
  imagenet = datasets.by_name("imagenet2012")
  preset = RECIPES["imagenet2012"]
  config = _config(
    dataclasses.replace(preset, epochs=1, batch_size=10),
    dataset=imagenet,
    image_size=64,
    data_dir=miniature_imagenet,
  )
  (record,) = _run(config, tmp_path)
  assert (record["status"], record["model"]) == ("OK", "resnet50")
  (batch,) = tested
  pixels = batch.images[batch.mask == 1] * imagenet.std + imagenet.mean
  numbers = miniatures.number_of(pixels)
  assert sorted(numbers) == list(range(miniatures.IMAGENET_TEST))
  right = record["top1"] * miniatures.IMAGENET_TEST
  assert right == round(right)
  assert record["top1"] <= record["top5"] <= 1
  curves = _curves(tmp_path / "tensorboard" / "id-gelusine-seed0")
  assert curves.keys() == {"loss", "learning_rate", "top1", "top5"}
  ((step, loss),) = curves["loss"]
  assert step == 2
  assert 0 < loss < 20
  assert curves["top1"] == [(2, pytest.approx(record["top1"]))]


def test_digits_are_learnt_with_gelusine(tmp_path: Path) -> None:
  """With relu: see the tests of the command."""
  recipe = dataclasses.replace(RECIPES["digits"], epochs=5, warmup_epochs=1)
  (record,) = _run(_config(recipe), tmp_path)
  assert 0.95 < record["top1"] < record["top5"] <= 1
  curves = _curves(tmp_path / "tensorboard" / "id-gelusine-seed0")
  ends = [22 * epoch for epoch in range(1, 6)]
  losses = dict(curves["loss"])
  assert list(losses) == sorted({*ends, 50, 100})
  assert losses[ends[-1]] < 0.1
  assert [step for step, _ in curves["top1"]] == ends
  assert curves["top1"][-1][1] == pytest.approx(record["top1"])
  assert curves["top5"][-1][1] == pytest.approx(record["top5"])
  rates = dict(curves["learning_rate"])
  assert rates[22] == pytest.approx(0.2 * 64 / 256)
  assert rates[110] == pytest.approx(0, abs=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "gelusine"])
def test_digits_are_learnt_with_any_seed(name: str, tmp_path: Path) -> None:
  recipe = dataclasses.replace(RECIPES["digits"], epochs=5, warmup_epochs=1)
  activations = {name: {"relu": jax.nn.relu, "gelusine": gelusine}[name]}
  config = _config(
    recipe, activations=activations, seeds=range(10), seeds_per_program=10
  )
  found = _run(config, tmp_path)
  top1 = np.array([record["top1"] for record in found])
  assert top1.mean() > 0.95
  assert top1.min() > 0.93  # One of ten seeds has been seen at 0.945.


# Counting -------------------------------------------------------------------


def _pictures(logits: np.ndarray) -> np.ndarray:
  """Images of which `Pixels` makes these logits."""
  images = np.zeros((len(logits), 64), np.float32)
  images[:, : logits.shape[1]] = logits
  return images.reshape(-1, 8, 8, 1)


def _hand_made() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Logits, labels, and how many logits are greater than that of the label."""
  rng = np.random.default_rng(0)
  logits = rng.permuted(np.tile(np.arange(10.0), (23, 1)), axis=1)
  ranks = np.resize([0, 4, 5, 9, 0, 1], 23)
  labels = np.argsort(-logits, axis=1)[np.arange(23), ranks]
  return logits, labels, ranks


@pytest.mark.parametrize("num_seeds", [1, 2])
def test_top1_and_top5_are_counted(num_seeds: int) -> None:
  """What fills the last batch would be right: its label is 0, as all logits."""
  logits, labels, ranks = _hand_made()
  recipe = dataclasses.replace(RECIPE, model="pixels", batch_size=10)
  program = _program(recipe, num_seeds=num_seeds)
  batches = [
    padded(_pictures(logits[i : i + 10]), labels[i : i + 10], 10)
    for i in range(0, 23, 10)
  ]
  assert batches[-1].mask.sum() == 3
  accuracy = program.test(program.init(range(num_seeds)), batches)
  assert isinstance(accuracy, Accuracy)
  assert accuracy.top1.tolist() == [sum(ranks == 0) / 23] * num_seeds
  assert accuracy.top5.tolist() == [sum(ranks < 5) / 23] * num_seeds


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_smoothed_cross_entropy(smoothing: float) -> None:
  """Szegedy et al., arXiv 1512.00567, section 7."""
  logits, labels, _ = _hand_made()
  recipe = dataclasses.replace(
    RECIPE, model="pixels", batch_size=23, label_smoothing=smoothing
  )
  program = _program(recipe)
  _, loss = program.step(program.init([0]), [full(_pictures(logits), labels)])
  logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
  of_labels = logs[np.arange(23), labels]
  expected = -(1 - smoothing) * of_labels - smoothing * logs.mean(axis=1)
  np.testing.assert_allclose(loss, expected.mean(), rtol=1e-6)


# Parts, devices and seeds ---------------------------------------------------


@pytest.mark.parametrize(
  "model", ["plain", pytest.param("small_vit", marks=pytest.mark.slow)]
)
def test_parts_of_a_batch_give_the_update_of_the_whole(model: str) -> None:
  batch = next(_batches(0, 0))
  recipe = dataclasses.replace(PLAIN, model=model)
  initial = jax.device_get(_program(recipe).init([0]))
  found = []
  for parts in (1, 4):
    program = _program(dataclasses.replace(recipe, accumulate=parts))
    state = jax.tree.map(jnp.array, initial)
    found.append(jax.device_get(program.step(state, [batch])))
  (whole, loss), in_parts = found
  _assert_close(in_parts, (whole, loss))
  moved = jax.tree.map(lambda a, b: np.abs(a - b).max(), whole, initial)
  assert max(jax.tree.leaves(moved.params)) > 1e-3
  assert math.isfinite(loss)


def test_parts_have_batch_statistics_of_their_own() -> None:
  """One after the other, as if each were a step."""
  recipe = dataclasses.replace(RECIPE, accumulate=4)
  batch = next(_batches(0, 0))
  program = _program(recipe)
  initial = program.init([0])
  expected = jax.tree.map(jnp.copy, initial)
  state, _ = program.step(initial, [batch])
  part = dataclasses.replace(RECIPE, batch_size=16)
  alone = _program(part)  # At step 0 its rate is 0.
  for k in range(4):
    small = Batch(*(values[k::4] for values in batch))
    after, _ = alone.step(jax.tree.map(jnp.copy, expected), [small])
    expected = expected._replace(statistics=after.statistics)
  _assert_close(state.statistics, expected.statistics, 1e-6)


def losses_on_two_devices() -> None:
  """Prints those on one device, too; run where there are two."""
  MODELS["small_vgg"] = TINY["small_vgg"]
  found = []
  for devices in (jax.devices()[:1], jax.devices()):
    recipe = dataclasses.replace(RECIPE, model="small_vgg")
    program = _program(recipe, gelusine, devices=devices)
    state = program.init([0])
    assert program.compile(state) > 0
    batches, losses = _batches(0, 0), []
    for _ in range(2 * STEPS):
      state, loss = program.step(state, [next(batches)])
      losses.append(float(loss))
    leaf = jax.tree.leaves(state.params)[0]
    assert len(leaf.sharding.device_set) == len(devices)
    means = [float(x.mean()) for x in jax.tree.leaves(state.statistics)]
    accuracy = program.test(state, _test_batches())
    found.append([losses, means, float(accuracy.top1[0])])
  print(json.dumps(found))


def test_two_devices_do_what_one_does() -> None:
  this = "tests.tasks.imagenet.test_training"
  done = subprocess.run(
    [sys.executable, "-c", f"import {this} as t; t.losses_on_two_devices()"],
    cwd=ROOT,
    env=os.environ
    | {
      "JAX_PLATFORMS": "cpu",
      "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
    },
    capture_output=True,
    text=True,
    timeout=300,
  )
  assert done.returncode == 0, done.stderr
  one, two = json.loads(done.stdout.splitlines()[-1])
  assert len(one[0]) == 2 * STEPS
  assert one[0][-1] < one[0][0] - 0.1
  np.testing.assert_allclose(two[0], one[0], rtol=0, atol=1e-5)
  np.testing.assert_allclose(two[1], one[1], rtol=0, atol=1e-5)
  assert two[2] == pytest.approx(one[2], abs=1.5 / DIGITS.num_test)


@pytest.mark.parametrize(("devices", "parts"), [(2, 1), (1, 3), (2, 3)])
def test_a_batch_that_cannot_be_divided(devices: int, parts: int) -> None:
  recipe = dataclasses.replace(RECIPE, batch_size=65, accumulate=parts)
  message = (
    rf"--batch_size=65 can't be divided among {devices} devices in {parts} "
    rf"parts; choose a multiple of {devices * parts}"
  )
  with pytest.raises(UserError, match=message):
    _program(recipe, devices=jax.local_devices()[:1] * devices)


def test_seeds_side_by_side_are_as_alone() -> None:
  together = _program(PLAIN, num_seeds=2)
  state = together.init([3, 5])
  streams = [_batches(seed, 0) for seed in (3, 5)]
  losses = []
  for _ in range(STEPS):
    state, loss = together.step(state, [next(s) for s in streams])
    losses.append(jax.device_get(loss))
  accuracy = together.test(state, _test_batches())
  alone = _program(PLAIN)
  for index, seed in enumerate((3, 5)):
    own, stream = alone.init([seed]), _batches(seed, 0)
    for step in range(STEPS):
      own, loss = alone.step(own, [next(stream)])
      np.testing.assert_allclose(losses[step][index], loss, atol=1e-5)
    same = jax.tree.map(lambda x, i=index: x[i], state.params)
    _assert_close(same, own.params)
    found = alone.test(own, _test_batches())
    assert found.top1 == pytest.approx(accuracy.top1[index], abs=0.003)
  assert abs(losses[0][0] - losses[0][1]) > 1e-3


# Interrupted, diverged ------------------------------------------------------


class Watched(Program):
  """Remembers the last state that was tested."""

  final: State

  def test(self, state: State, batches: Iterable[Batch]) -> Accuracy:
    self.final = jax.device_get(state)
    return super().test(state, batches)


class Trained:
  """Trains two seeds side by side, with one program for all."""

  def __init__(self) -> None:
    self._program = Watched(
      DIGITS,
      RECIPE,
      gelusine,
      steps_per_epoch=STEPS,
      image_size=8,
      num_seeds=2,
    )
    self._initial = self._program.init([0, 1])
    self._program.compile(self._initial)

  def __call__(
    self,
    path: Path,
    show: Callable[[Moment], None] = _pass,
    batches: Callable[[int, int], Iterator[Batch]] = _batches,
    test_batches: Callable[[], Iterator[Batch]] = _test_batches,
  ) -> tuple[list[Outcome], State]:
    """Outcomes, without their time, and the state after the last step."""
    with (
      Checkpoint(path / "checkpoint", {"seeds": [0, 1]}) as checkpoint,
      Scalars(path / "curves") as scalars,
    ):
      outcomes = Training(
        RECIPE,
        [0, 1],
        STEPS,
        self._program,
        checkpoint,
        batches,
        test_batches,
        scalars,
        show,
      ).run(jax.tree.map(jnp.copy, self._initial))
    assert all(outcome.seconds > 0 for outcome in outcomes)
    without = [dataclasses.replace(found, seconds=0.0) for found in outcomes]
    return without, self._program.final


@pytest.fixture(scope="module")
def trained() -> Trained:
  return Trained()


@pytest.fixture(scope="module")
def whole(
  trained: Trained, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Outcome], State]:
  return trained(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def always_saved(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setattr(training, "_CHECKPOINT_INTERVAL", 0.0)
  monkeypatch.setattr(training, "_LOOK_EVERY", 1)


def _interrupt_at(*steps: int) -> Callable[[Moment], None]:
  left = list(steps)

  def show(moment: Moment) -> None:
    if left and moment.step == left[0]:
      left.pop(0)
      raise Interrupted

  return show


def _assert_same(
  found: tuple[list[Outcome], State], expected: tuple[list[Outcome], State]
) -> None:
  assert found[0] == expected[0]
  jax.tree.map(np.testing.assert_array_equal, found[1], expected[1])


@pytest.mark.usefixtures("always_saved")
@pytest.mark.parametrize("steps", [(1,), (3,), (STEPS, STEPS + 1, 2 * STEPS)])
def test_an_interrupted_training_goes_on_exactly(
  steps: tuple[int, ...],
  trained: Trained,
  whole: tuple[list[Outcome], State],
  tmp_path: Path,
) -> None:
  started: list[int] = []

  def batches(seed: int, step: int) -> Iterator[Batch]:
    started.append(step)
    return _batches(seed, step)

  show = _interrupt_at(*steps)
  for _ in steps:
    with pytest.raises(Interrupted):
      trained(tmp_path, show, batches)
  _assert_same(trained(tmp_path, show, batches), whole)
  # It did not begin anew: the step before the interrupted one was kept.
  expected = [0, *(step - 1 for step in steps)]
  assert started == list(np.repeat(expected, 2))


def test_interrupted_in_its_last_test(
  trained: Trained, whole: tuple[list[Outcome], State], tmp_path: Path
) -> None:
  tests = itertools.count()

  def test_batches() -> Iterator[Batch]:
    if next(tests) == 1:  # After the second of two epochs.
      raise Interrupted
    return _test_batches()

  def no_batches(seed: int, step: int) -> Iterator[Batch]:
    assert step == 2 * STEPS
    return iter(())

  with pytest.raises(Interrupted):
    trained(tmp_path, test_batches=test_batches)
  _assert_same(trained(tmp_path, batches=no_batches), whole)


def _broken(seed: int, step: int) -> Iterator[Batch]:
  """Those of seed 1 hold, at step 5, what no network can bear."""
  for number, batch in enumerate(_batches(seed, step), step):
    if (seed, number) == (1, 5):
      batch = batch._replace(images=batch.images * np.inf)
    yield batch


@pytest.mark.usefixtures("always_saved")
def test_a_diverged_seed_leaves_the_others_alone(
  trained: Trained, whole: tuple[list[Outcome], State], tmp_path: Path
) -> None:
  (healthy, diverged), state = trained(tmp_path / "one", batches=_broken)
  assert healthy == whole[0][0]
  jax.tree.map(
    lambda a, b: np.testing.assert_array_equal(a[0], b[0]), state, whole[1]
  )
  assert diverged == Outcome(Status.DIVERGED, diverged_step=6)
  # Nor does it forget, when resumed, that it has.
  show = _interrupt_at(8)
  with pytest.raises(Interrupted):
    trained(tmp_path / "two", show, _broken)
  found, _ = trained(tmp_path / "two", show, _broken)
  assert found == [healthy, diverged]


def test_a_diverged_run_says_so(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  """Its second activation does what a candidate of the search may do."""
  activations = {"gelusine": gelusine, "pole": lambda x: 1 / (x - x)}
  config = _config(
    PLAIN, activations=activations, seeds=(0, 7), seeds_per_program=2
  )
  found = _run(config, tmp_path)
  good, bad = found[:2], found[2:]
  assert [record["status"] for record in good] == ["OK"] * 2
  for seed, record in zip((0, 7), bad, strict=True):
    assert (record["activation"], record["seed"]) == ("pole", seed)
    assert record["status"] == "DIVERGED"
    assert record["top1"] is record["top5"] is None
    assert record["diverged_step"] == 22
  out = capsys.readouterr().out.splitlines()
  assert "pole, seed 0: DIVERGED at step 22" in out
  assert "pole, seed 7: DIVERGED at step 22" in out
  assert out[-1].startswith("best: gelusine ")
  summary = json.loads((tmp_path / "summary.json").read_text())
  assert (summary["trainings"], summary["diverged"]) == (4, 2)
  assert summary["top1"].keys() == {"gelusine"}


def test_a_huge_learning_rate_diverges(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  recipe = dataclasses.replace(PLAIN, rate_per_256=1e20, epochs=3)
  (record,) = _run(_config(recipe), tmp_path)
  assert record["status"] == "DIVERGED"
  assert record["top1"] is record["top5"] is None
  assert record["diverged_step"] == 22  # It stops early.
  out = capsys.readouterr().out.splitlines()
  assert out[-1] == "every training diverged"


@pytest.mark.slow
def test_an_interrupted_run_goes_on_exactly(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(training, "_CHECKPOINT_INTERVAL", 0.0)
  activations = {"relu": jax.nn.relu, "gelusine": gelusine}
  config = _config(
    dataclasses.replace(PLAIN, batch_size=256),
    activations=activations,
    seeds=(0, 1),
    seeds_per_program=2,
  )
  expected = _run(config, tmp_path / "whole")
  assert [(r["activation"], r["seed"]) for r in expected] == list(
    itertools.product(activations, (0, 1))
  )
  path, shown = tmp_path / "interrupted", itertools.count(1)
  really = Display.show

  def show(display: Display, moment: Moment) -> None:
    if next(shown) == 4:  # The second look at the second activation.
      raise Interrupted
    really(display, moment)

  monkeypatch.setattr(Display, "show", show)
  with pytest.raises(Interrupted):
    _run(config, path)
  assert _records(path) == expected[:2]
  (kept,) = (path / "checkpoints").iterdir()
  assert kept.name == "id-gelusine-seed0"
  assert not (path / "summary.json").exists()
  assert _run(config, path, resume=True) == expected
  assert not list((path / "checkpoints").iterdir())
  summary = json.loads((path / "summary.json").read_text())
  assert summary["top1"].keys() == activations.keys()


@pytest.mark.parametrize(
  "changes",
  [{"model": "small_vgg"}, {"rate_per_256": 0.1}, {"label_smoothing": 0.0}],
)
def test_a_run_with_another_recipe_is_refused(
  changes: Mapping[str, Any], tmp_path: Path
) -> None:
  workdir = Workdir(str(tmp_path), resume=False)
  workdir.begin(_config(PLAIN).settings(), [])
  del workdir
  other = _config(dataclasses.replace(PLAIN, **changes))
  ((name, value),) = changes.items()
  before = getattr(PLAIN, name)
  with pytest.raises(UserError, match=f"has --{name}={before}, not {value}"):
    _run(other, tmp_path, resume=True)


def test_images_that_a_model_cannot_take() -> None:
  recipe = dataclasses.replace(RECIPE, model="vit_tiny")
  message = "vit_tiny with relu can't be built: images of 9x9 do not divide"
  with pytest.raises(UserError, match=message):
    _program(recipe, image_size=9).check("relu")


def test_an_activation_that_cannot_be_traced(tmp_path: Path) -> None:
  """Nor is the one before it trained."""
  activations = {"relu": jax.nn.relu, "taller": lambda x: x.reshape(2, -1)}
  config = _config(RECIPE, activations=activations)
  with pytest.raises(UserError, match="normed with taller can't be built: "):
    _run(config, tmp_path)
  assert not (tmp_path / "run.json").exists()


# Memory ---------------------------------------------------------------------


def test_what_does_not_fit_is_said_before_training(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(memory, "_host_free", lambda: 1000)
  message = (
    r"^plain with gelusine takes \d\.\d GB on each device, of which 0\.0 GB "
    "are free; choose a smaller --batch_size, or more parts with --accumulate$"
  )
  with pytest.raises(UserError, match=message):
    _run(_config(PLAIN), tmp_path)
  assert not (tmp_path / "scores.jsonl").exists()
  assert not (tmp_path / "checkpoints").exists()


def test_what_fits_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setattr(memory, "_host_free", lambda: 10**9)
  memory.check(10**9, "it")
  with pytest.raises(UserError, match=r"it takes 2\.5 GB .*which 1\.0 GB"):
    memory.check(25 * 10**8, "it")


@pytest.mark.slow
def test_parts_take_less_memory() -> None:
  recipe = dataclasses.replace(RECIPE, batch_size=1024)
  needed = []
  for parts in (1, 8):
    program = _program(dataclasses.replace(recipe, accumulate=parts))
    needed.append(program.compile(program.init([0])))
  images = 1024 * 64 * 4
  assert images < needed[1] < needed[0] / 3
