"""Flags of the command on images, without a training."""

import dataclasses
from pathlib import Path

import jax
import pytest

from harness.core.errors import UserError
from tasks.imagenet import run as imagenet_run
from tasks.imagenet.config import Config
from tasks.imagenet.recipes import RECIPES, Recipe
from tests.harness.training_commands import Command, Main

DIGITS = "--dataset=digits"
MIXING = "def activation(x):\n  return jnp.maximum(x, 0) - 0.1 * jnp.mean(x)\n"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
  return Command("imagenet", tmp_path_factory.mktemp("cache"))


@pytest.fixture
def configs(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
  """Filled with what the command would run."""
  found: list[Config] = []
  monkeypatch.setattr(
    imagenet_run, "run", lambda config, workdir: found.append(config)
  )
  return found


def test_an_activation_that_mixes_elements_is_warned_of(
  main: Main, tmp_path: Path, configs: list[Config]
) -> None:
  file = tmp_path / "mixing.py"
  file.write_text(MIXING)
  out = main(
    DIGITS, f"--activations=relu,{file}", f"--workdir={tmp_path / 'run'}"
  )
  assert out == [
    f"warning: {file} mixes elements: its outputs for an image depend on the "
    "others in the batch"
  ]
  (config,) = configs
  assert list(config.activations) == ["relu", str(file)]
  assert config.activations["relu"](jax.numpy.float32(-1)) == 0


@pytest.mark.usefixtures("admitted")
def test_every_number_of_the_recipe_has_a_flag(
  main: Main, tmp_path: Path, configs: list[Config]
) -> None:
  expected = Recipe(
    model="vit_tiny",
    epochs=3,
    batch_size=7,
    rate_per_256=0.5,
    warmup_epochs=1.5,
    weight_decay=0.25,
    label_smoothing=0.125,
    momentum=0.75,
    bfloat16=True,
    accumulate=9,
  )
  given = dataclasses.asdict(expected)
  flags = [f"--{name}={value}" for name, value in given.items()]
  main(DIGITS, *flags, f"--workdir={tmp_path / 'run'}")
  (config,) = configs
  assert config.recipe == expected
  assert all(
    value != getattr(RECIPES["digits"], name) for name, value in given.items()
  )


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--dataset=", "--dataset is required; e.g. --dataset=digits"),
    ("--dataset=digit", "unknown dataset 'digit'; nearest: digits"),
    ("--model=resnet5", "unknown model 'resnet5'; nearest: resnet50"),
    (
      "--batch_size=1416",
      "digits has 1415 images to train on, too few for batches of 1416",
    ),
    (
      "--accumulate=3",
      "--batch_size=64 can't be divided among 1 devices in 3 parts; choose a",
    ),
    ("--image_size=16", "images of digits are 8 x 8, not 16 x 16; leave the"),
  ],
)
def test_a_mistake_is_reported_before_any_work(
  flag: str, line: str, main: Main, tmp_path: Path
) -> None:
  workdir = tmp_path / "run"
  with pytest.raises(UserError, match=line):
    main(DIGITS, f"--workdir={workdir}", flag)
  assert not (workdir / "run.json").exists()


@pytest.mark.usefixtures("admitted")
def test_a_batch_that_devices_cannot_share(
  main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  two = jax.local_devices()[:1] * 2
  monkeypatch.setattr(jax, "local_devices", lambda: two)
  message = "--batch_size=65 can't be divided among 2 devices in 1 parts"
  with pytest.raises(UserError, match=message):
    main(DIGITS, "--batch_size=65", f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.slow  # TensorFlow takes seconds to import.
@pytest.mark.usefixtures("admitted")
def test_a_data_dir_without_imagenets_archives(
  main: Main, tmp_path: Path
) -> None:
  data_dir = tmp_path / "data"
  message = (
    f"^{data_dir} has no imagenet2012; put ILSVRC2012_img_train.tar and "
    f"ILSVRC2012_img_val.tar into {data_dir / 'downloads' / 'manual'} "
  )
  with pytest.raises(UserError, match=message):
    main(
      "--dataset=imagenet2012",
      f"--data_dir={data_dir}",
      f"--workdir={tmp_path / 'run'}",
    )
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("admitted")
def test_a_data_dir_that_is_a_file(main: Main, tmp_path: Path) -> None:
  file = tmp_path / "file"
  file.touch()
  with pytest.raises(UserError, match=f"^{file} is no directory; choose anoth"):
    main(
      "--dataset=cifar10",
      f"--data_dir={file}",
      f"--workdir={tmp_path / 'run'}",
    )
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.slow
def test_a_mistake_ends_the_process_with_one_line(
  command: Command, tmp_path: Path
) -> None:
  workdir = f"--workdir={tmp_path / 'run'}"
  for flag, line in (
    ("--dataset=digit", "error: unknown dataset 'digit'; nearest: digits"),
    (
      "--batch_size=65",
      "error: --batch_size=65 can't be divided among 2 devices in 1 parts; "
      "choose a multiple of 2",
    ),
  ):
    ended = command.process(DIGITS, workdir, flag, num_devices=2)
    assert ended == (1, [], [line])
  assert not (tmp_path / "run" / "run.json").exists()
