"""Whole runs: curves, divergence, interruption, refusals."""

import dataclasses
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from harness.core import memory as core_memory
from harness.core import records
from harness.core.errors import UserError
from harness.core.trainings import checkpoint
from harness.core.trainings.status_line import GroupLine, TrainingProgress
from harness.core.workdir import Workdir
from tasks.imagenet import logistic, run
from tasks.imagenet.config import Config
from tasks.imagenet.data import datasets, pipeline
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.recipes import RECIPES, Recipe
from tests.curves import read_by_tensorboard, read_curves
from tests.tasks.imagenet import tiny
from tests.tasks.imagenet.data import miniatures

pytestmark = pytest.mark.usefixtures("tiny_models", "no_logistic_regression")


class Interrupted(Exception):  # noqa: N818 (as KeyboardInterrupt)
  """An end of the process, whatever its reason."""


@pytest.fixture
def no_logistic_regression(monkeypatch: pytest.MonkeyPatch) -> None:
  """Spares a second of each run."""
  monkeypatch.setattr(logistic, "accuracy", lambda dataset: None)


def _config(recipe: Recipe, **changes: Any) -> Config:
  activations = changes.pop("activations", {"gelusine": tiny.gelusine})
  arguments: dict[str, Any] = {
    "dataset": tiny.DIGITS,
    "activations": activations,
    "program_ids": {name: f"id-{name}" for name in activations},
    "seeds": (0,),
    "image_size": 8,
    "seeds_per_program": 1,
    "data_dir": Path("unused"),
  }
  return Config(recipe=recipe, **(arguments | changes))


def _run(config: Config, path: Path, *, resume: bool = False) -> Any:
  """The records of a run, without the seconds that it took."""
  run.run(config, Workdir(str(path), resume=resume))
  return _records(path)


def _records(path: Path) -> list[dict[str, Any]]:
  found = records.read_jsonl(path / "scores.jsonl")
  assert all(record.pop("seconds") > 0 for record in found)
  return found


@pytest.mark.parametrize(
  ("model", "image_size"),
  [
    ("small_resnet", 16),
    pytest.param("resnet50", 64, marks=pytest.mark.slow),
  ],
)
def test_imagenet_is_trained_and_tested_on(
  model: str,
  image_size: int,
  miniature_imagenet: Path,
  tmp_path: Path,
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  """Two steps, and one test batch of 8 images and padding."""
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
    dataclasses.replace(preset, model=model, epochs=1, batch_size=10),
    dataset=imagenet,
    image_size=image_size,
    data_dir=miniature_imagenet,
  )
  (record,) = _run(config, tmp_path)
  assert (record["status"], record["model"]) == ("OK", model)
  (batch,) = tested
  pixels = batch.images[batch.mask == 1] * imagenet.std + imagenet.mean
  numbers = miniatures.number_of(pixels)
  assert sorted(numbers) == list(range(miniatures.IMAGENET_TEST))
  right = record["top1"] * miniatures.IMAGENET_TEST
  assert right == round(right)
  assert record["top1"] <= record["top5"] <= 1
  folder = tmp_path / "tensorboard" / "imagenet2012" / "gelusine-seed0"
  curves = read_by_tensorboard(folder)
  assert curves == read_curves(folder)
  assert curves.keys() == {"loss", "learning_rate", "top1", "top5"}
  ((step, loss),) = curves["loss"]
  assert step == 2
  assert 0 < loss < 20
  assert curves["top1"] == [(2, pytest.approx(record["top1"]))]


def test_a_status_line_shows_epochs_and_images_per_second() -> None:
  recipe = dataclasses.replace(RECIPES["cifar10"], epochs=2, batch_size=100)
  progress = TrainingProgress(600, [0.5, 0.7], 0.8125)
  assert run._describe(recipe, 500, progress) == (
    "epoch 1.2 of 2, loss 0.6, top-1 0.812"
  )
  first = TrainingProgress(100, 2.0, None)
  assert run._describe(recipe, 500, first) == "epoch 0.2 of 2, loss 2"
  assert run._describe_pace(recipe, 50.0, num_seeds=2) == "10,000 images/s"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "gelusine"])
def test_digits_are_learnt_with_any_seed(name: str, tmp_path: Path) -> None:
  recipe = dataclasses.replace(RECIPES["digits"], epochs=5, warmup_epochs=1)
  activations = {name: {"relu": jax.nn.relu, "gelusine": tiny.gelusine}[name]}
  config = _config(
    recipe, activations=activations, seeds=range(10), seeds_per_program=10
  )
  found = _run(config, tmp_path)
  top1 = np.array([record["top1"] for record in found])
  assert top1.mean() > 0.95
  assert top1.min() > 0.93  # One of ten seeds has been seen at 0.945.


def test_a_diverged_activation_is_reported(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  activations = {"gelusine": tiny.gelusine, "pole": lambda x: 1 / (x - x)}
  config = _config(
    tiny.PLAIN, activations=activations, seeds=(0, 7), seeds_per_program=2
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
  assert out[-1].startswith("gelusine ")
  summary = json.loads((tmp_path / "summary.json").read_text())
  assert (summary["trainings"], summary["diverged"]) == (4, 2)
  assert summary["top1"].keys() == {"gelusine"}


def test_a_training_that_diverges_ends_early(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  recipe = dataclasses.replace(tiny.PLAIN, rate_per_256=1e20, epochs=3)
  (record,) = _run(_config(recipe), tmp_path)
  assert record["status"] == "DIVERGED"
  assert record["top1"] is record["top5"] is None
  assert record["diverged_step"] == 22  # Of 66 steps.
  out = capsys.readouterr().out.splitlines()
  assert out[-1] == "every training diverged"


@pytest.mark.slow
def test_an_interrupted_run_goes_on_exactly(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(checkpoint, "_INTERVAL", -1.0)
  activations = {"relu": jax.nn.relu, "gelusine": tiny.gelusine}
  config = _config(
    dataclasses.replace(tiny.PLAIN, batch_size=256),
    activations=activations,
    seeds=(0, 1),
    seeds_per_program=2,
  )
  expected = _run(config, tmp_path / "whole")
  assert [(r["activation"], r["seed"]) for r in expected] == list(
    itertools.product(activations, (0, 1))
  )
  path, shown = tmp_path / "interrupted", itertools.count(1)
  really = GroupLine.show

  def show(line: GroupLine, progress: TrainingProgress) -> None:
    if next(shown) == 4:  # The second look at the second activation.
      raise Interrupted
    really(line, progress)

  monkeypatch.setattr(GroupLine, "show", show)
  with pytest.raises(Interrupted):
    _run(config, path)
  assert _records(path) == expected[:2]
  (kept,) = (path / "checkpoints").iterdir()
  assert kept.name == "digits-id-gelusine-seed0.npz"
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
  workdir.begin(_config(tiny.PLAIN).settings(), [])
  del workdir
  other = _config(dataclasses.replace(tiny.PLAIN, **changes))
  ((name, value),) = changes.items()
  before = getattr(tiny.PLAIN, name)
  changed = (
    f"{name.replace('_', ' ')} has changed .*, from {before} to {value};"
  )
  with pytest.raises(UserError, match=changed):
    _run(other, tmp_path, resume=True)


def test_an_activation_that_cannot_be_traced_is_refused_before_any_training(
  tmp_path: Path,
) -> None:
  activations = {"relu": jax.nn.relu, "taller": lambda x: x.reshape(2, -1)}
  config = _config(tiny.RECIPE, activations=activations)
  with pytest.raises(UserError, match="normed with taller can't be built: "):
    _run(config, tmp_path)
  assert not (tmp_path / "run.json").exists()


def test_too_little_memory_is_reported_before_training(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(core_memory, "host_free", lambda: 1000)
  message = (
    r"^plain with gelusine takes \d\.\d GB on each device, of which 0\.0 GB "
    "are free; choose a smaller --batch_size, or more parts with --accumulate$"
  )
  with pytest.raises(UserError, match=message):
    _run(_config(tiny.PLAIN), tmp_path)
  assert not (tmp_path / "scores.jsonl").exists()
  assert not list((tmp_path / "checkpoints").glob("*"))
