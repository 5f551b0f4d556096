"""The command, run as a user runs it; its mistakes without a new process."""

import functools
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import jax
import pytest
from absl import flags
from absl.testing import flagsaver

from evolve import language
from evolve.program import Program
from evolve.runs import admit
from harness.core.errors import UserError
from tasks.imagenet import run as imagenet_run
from tests import ROOT

SEEDS = (0, 3)
SMALL = (
  "--dataset=digits",
  f"--seeds={','.join(map(str, SEEDS))}",
  "--seeds_per_program=2",
)
MIXING = "def activation(x):\n  return jnp.maximum(x, 0) - 0.1 * jnp.mean(x)\n"
KEYS = {
  "dataset", "activation", "seed", "top1", "top5", "epochs", "seconds",
  "status", "diverged_step", "model",
}  # fmt: skip
# It compiles in less time.
ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}


def _imagenet(
  *arguments: str, **environment: str
) -> tuple[int, list[str], list[str]]:
  """Exit status, and the lines of standard output and of standard error."""
  done = subprocess.run(
    [sys.executable, "-m", "harness.imagenet", *arguments],
    cwd=ROOT,
    env=os.environ | ENVIRONMENT | environment,
    capture_output=True,
    text=True,
    timeout=300,
  )
  return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def _records(workdir: Path) -> list[dict[str, Any]]:
  lines = (workdir / "scores.jsonl").read_text().splitlines()
  return [json.loads(line) for line in lines]


class Run:
  """One run of relu with two seeds, long enough to learn the digits."""

  def __init__(self, directory: Path):
    self.flags = (*SMALL, "--activations=relu", "--epochs=5")
    self.workdir = directory / "run"
    self.status, self.out, self.err = _imagenet(
      *self.flags, f"--workdir={self.workdir}"
    )

  def json(self, name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((self.workdir / name).read_text())
    return record


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
  return Run(tmp_path_factory.mktemp("imagenet"))


def test_every_training_has_its_record(run: Run) -> None:
  assert (run.status, run.err) == (0, [])
  records = _records(run.workdir)
  assert [record["seed"] for record in records] == list(SEEDS)
  for record in records:
    assert record.keys() == KEYS | {"schema_version"}
    assert (record["dataset"], record["activation"]) == ("digits", "relu")
    assert (record["status"], record["diverged_step"]) == ("OK", None)
    assert (record["model"], record["epochs"]) == ("vgg_small", 5)
    assert record["seconds"] > 0


def test_digits_are_learnt_with_relu(run: Run) -> None:
  """Two seeds, side by side."""
  first, second = _records(run.workdir)
  for record in (first, second):
    assert 0.95 < record["top1"] < record["top5"] <= 1
    right = record["top1"] * 382
    assert right == pytest.approx(round(right))
  assert first["top1"] != second["top1"] or first["top5"] != second["top5"]


def test_run_json_and_summary(run: Run) -> None:
  started = run.json("run.json")
  assert started["schema_version"] == 1
  assert started["argv"][1:] == [*run.flags, f"--workdir={run.workdir}"]
  assert started["devices"] == ["cpu: cpu"]
  settings = started["settings"]
  assert (settings["dataset"], settings["model"]) == ("digits", "vgg_small")
  assert settings["activations"].keys() == {"relu"}
  assert (settings["seeds"], settings["epochs"]) == (list(SEEDS), 5)
  assert (settings["batch_size"], settings["accumulate"]) == (64, 1)
  summary = run.json("summary.json")
  mean = sum(record["top1"] for record in _records(run.workdir)) / 2
  assert summary["top1"] == {"relu": pytest.approx(mean)}
  assert (summary["trainings"], summary["diverged"]) == (2, 0)
  assert summary["seconds"] > 0
  assert (run.workdir / "run.log").exists()
  assert not list((run.workdir / "checkpoints").iterdir())
  assert len(list((run.workdir / "tensorboard").rglob("events*"))) == 1


def test_the_table_and_what_is_said_of_it(run: Run) -> None:
  lines = [line.rstrip() for line in run.out]
  rows = {line.split()[0]: line.split() for line in lines if line}
  mean = f"{100 * run.json('summary.json')['top1']['relu']:.2f}"
  assert rows["relu"][:3] == ["relu", mean, "±"]
  assert rows["relu"][-1] == "2"
  assert any(re.match(r"logistic regression +91\.\d\d$", x) for x in lines)
  assert "differs from the recipe of digits: epochs 5 instead of 60" in lines
  assert re.fullmatch(rf"best: relu {mean} ± \d+\.\d\d% top-1", lines[-1])


# In this process ------------------------------------------------------------

Main = Callable[..., list[str]]


class InProcess:
  """The command, with flags of its own: others may have the same names."""

  def __init__(self) -> None:
    self._flags = flags.FlagValues()
    with ExitStack() as stack:
      for name in filter(lambda name: name.startswith("DEFINE_"), dir(flags)):
        define = functools.partial(
          getattr(flags, name), flag_values=self._flags
        )
        stack.enter_context(mock.patch.object(flags, name, define))
      from harness import imagenet

    self._main = imagenet.main

  def call(self, *arguments: str) -> None:
    defaults = flagsaver.save_flag_values(self._flags)
    try:
      self._flags(["imagenet.py", *arguments])
      self._main()
    finally:
      flagsaver.restore_flag_values(defaults, self._flags)


@pytest.fixture(scope="module")
def command() -> InProcess:
  return InProcess()


@pytest.fixture
def main(
  command: InProcess,
  monkeypatch: pytest.MonkeyPatch,
  capsys: pytest.CaptureFixture[str],
) -> Iterator[Main]:
  """Runs it; gives the lines of standard output."""
  log = logging.getLogger("actmine")
  handlers, propagate, level = log.handlers, log.propagate, log.level

  def call(*arguments: str) -> list[str]:
    monkeypatch.setattr(sys, "argv", ["imagenet.py", *arguments])
    capsys.readouterr()
    command.call(*arguments)
    return capsys.readouterr().out.splitlines()

  yield call
  log.handlers, log.propagate = handlers, propagate
  log.setLevel(level)


@pytest.fixture
def admitted(monkeypatch: pytest.MonkeyPatch) -> None:
  """No worker has to see an activation, which takes a second."""

  def admitted(programs: dict[str, Program], _: Any) -> dict[str, Any]:
    return {
      name: admit.Admitted(language.load(program.source), program.id, True)
      for name, program in programs.items()
    }

  monkeypatch.setattr(admit, "admit", admitted)


def _files(folder: Path) -> dict[Path, bytes]:
  return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.usefixtures("admitted")
def test_resuming_a_finished_run_says_so(run: Run, main: Main) -> None:
  before = _files(run.workdir)
  out = main(*run.flags, f"--workdir={run.workdir}", "--resume")
  assert out == [f"the run in {run.workdir} has finished; see summary.json"]
  assert _files(run.workdir) == before


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--activations=gelu", r"--activations=\{.*\}, not \{'gelu': "),
    ("--seeds=0", r"--seeds=\[0, 3\], not \[0\]"),
    ("--epochs=6", "--epochs=5, not 6"),
    ("--batch_size=32", "--batch_size=64, not 32"),
    ("--model=vit_tiny", "--model=vgg_small, not vit_tiny"),
    ("--accumulate=2", "--accumulate=1, not 2"),
    ("--bfloat16", "--bfloat16=False, not True"),
    ("--seeds_per_program=1", "--seeds_per_program=2, not 1"),
  ],
)
def test_resuming_with_other_settings_is_refused(
  finished: bool, flag: str, line: str, run: Run, main: Main, tmp_path: Path
) -> None:
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  if not finished:
    (workdir / "summary.json").unlink()
  before = _files(workdir)
  with pytest.raises(UserError, match=f"has {line}.*; resume it with its own"):
    main(*run.flags, flag, f"--workdir={workdir}", "--resume")
  after = _files(workdir)
  del before[workdir / "run.log"], after[workdir / "run.log"]
  assert after == before


@pytest.mark.usefixtures("admitted")
def test_a_workdir_that_holds_a_run_is_refused(run: Run, main: Main) -> None:
  with pytest.raises(UserError, match="holds a run; continue it with --resume"):
    main(*run.flags, f"--workdir={run.workdir}")


def test_one_that_mixes_elements_is_warned_of(
  main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  configs: list[imagenet_run.Config] = []
  monkeypatch.setattr(
    imagenet_run, "run", lambda config, workdir: configs.append(config)
  )
  file = tmp_path / "mixing.py"
  file.write_text(MIXING)
  out = main(
    *SMALL, f"--activations=relu,{file}", f"--workdir={tmp_path / 'run'}"
  )
  assert out == [
    f"warning: {file} mixes elements: what it gives for an image depends on "
    "the others in the batch"
  ]
  (config,) = configs
  assert list(config.activations) == ["relu", str(file)]
  assert config.activations["relu"](jax.numpy.float32(-1)) == 0


NO_LANGUAGE = "import os\n" + MIXING
TOO_MUCH = (
  "def activation(x):\n"
  "  for _ in range(1000):\n"
  "    x = jnp.sin(jnp.exp(x))\n"
  "  return x\n"
)


@pytest.mark.parametrize(
  ("source", "reason"), [(NO_LANGUAGE, "INVALID"), (TOO_MUCH, "OVER_BUDGET")]
)
def test_a_file_that_is_not_admitted(
  source: str, reason: str, main: Main, tmp_path: Path
) -> None:
  file = tmp_path / "file.py"
  file.write_text(source)
  with pytest.raises(UserError, match=f"{file} is refused: {reason}: "):
    main(*SMALL, f"--activations={file}", f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--dataset=", "--dataset is required; e.g. --dataset=digits"),
    ("--dataset=digit", "unknown dataset 'digit'; nearest: digits"),
    ("--model=resnet5", "unknown model 'resnet5'; nearest: resnet50"),
    (
      "--activations=gelusin",
      "unknown activation 'gelusin'; nearest: gelusine",
    ),
    ("--activations=absent.py", "can't read activation absent.py: No such fil"),
    ("--activations=", "no activation given"),
    ("--seeds=0,one", "--seeds takes numbers from 0 .*, not 'one'"),
    ("--seeds=-1", "--seeds takes numbers from 0 .*, not '-1'"),
    ("--seeds=", "no seed is given"),
    ("--workdir=", "--workdir is required"),
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
def test_a_mistake_is_said_before_any_work(
  flag: str, line: str, main: Main, tmp_path: Path
) -> None:
  workdir = tmp_path / "run"
  with pytest.raises(UserError, match=line):
    main(*SMALL, f"--workdir={workdir}", flag)
  assert not (workdir / "run.json").exists()


@pytest.mark.usefixtures("admitted")
def test_a_batch_that_devices_cannot_share(
  main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  two = jax.local_devices()[:1] * 2
  monkeypatch.setattr(jax, "local_devices", lambda: two)
  message = "--batch_size=65 can't be divided among 2 devices in 1 parts"
  with pytest.raises(UserError, match=message):
    main(*SMALL, "--batch_size=65", f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.usefixtures("admitted")
def test_without_imagenets_archives(main: Main, tmp_path: Path) -> None:
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


def test_list_activations(main: Main) -> None:
  out = main("--list_activations")
  assert {"relu", "gelusine"} <= {line.split()[0] for line in out[2:]}


# Slow -----------------------------------------------------------------------


@pytest.mark.slow
def test_a_mistake_ends_it_with_one_line(tmp_path: Path) -> None:
  workdir = f"--workdir={tmp_path / 'run'}"
  for flag, line in (
    ("--dataset=digit", "error: unknown dataset 'digit'; nearest: digits"),
    (
      "--batch_size=65",
      "error: --batch_size=65 can't be divided among 2 devices in 1 parts; "
      "choose a multiple of 2",
    ),
  ):
    status, out, err = _imagenet(
      "--dataset=digits",
      workdir,
      flag,
      XLA_FLAGS="--xla_force_host_platform_device_count=2",
    )
    assert (status, out, err) == (1, [], [line])
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.slow
def test_two_devices_train_as_one(run: Run, tmp_path: Path) -> None:
  status, out, err = _imagenet(
    *run.flags,
    f"--workdir={tmp_path}",
    XLA_FLAGS="--xla_force_host_platform_device_count=2",
  )
  assert (status, err) == (0, [])
  assert out[-1].startswith("best: relu ")
  for found, expected in zip(
    _records(tmp_path), _records(run.workdir), strict=True
  ):
    # The sums' last bits grow over a hundred steps.
    assert found["top1"] == pytest.approx(expected["top1"], abs=0.02)


# With a checkpoint after every step.
KILLABLE = (
  "import runpy, tasks.imagenet.training as training; "
  "training._CHECKPOINT_INTERVAL = 0.0; "
  "runpy.run_module('harness.imagenet', run_name='__main__', alter_sys=True)"
)


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_scores(
  run: Run, tmp_path: Path
) -> None:
  killed = tmp_path / "killed"
  with subprocess.Popen(
    [sys.executable, "-c", KILLABLE, *run.flags, f"--workdir={killed}"],
    cwd=ROOT,
    env=os.environ | ENVIRONMENT,
    stdout=subprocess.DEVNULL,
  ) as process:
    deadline = time.monotonic() + 240
    while _last_checkpoint(killed) < 30:
      assert process.poll() is None and time.monotonic() < deadline
      time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
  assert not (killed / "scores.jsonl").exists()
  assert 30 <= _last_checkpoint(killed) < 110
  status, _, err = _imagenet(*run.flags, f"--workdir={killed}", "--resume")
  assert (status, err) == (0, [])
  found, expected = (
    [record | {"seconds": 0} for record in _records(path)]
    for path in (killed, run.workdir)
  )
  assert found == expected
  assert (killed / "summary.json").exists()


@pytest.mark.slow
def test_a_damaged_checkpoint_ends_it_with_one_line(
  run: Run, tmp_path: Path
) -> None:
  """Whatever else runs in the process."""
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  for name in ("summary.json", "scores.jsonl"):
    (workdir / name).unlink()
  (name,) = (path.name for path in (workdir / "tensorboard").iterdir())
  (workdir / "checkpoints" / name / "7" / "record").mkdir(parents=True)
  status, _, err = _imagenet(*run.flags, f"--workdir={workdir}", "--resume")
  assert status == 1
  (line,) = err
  assert re.match(f"error: checkpoint .*{name} is damaged .*; delete it", line)


def _last_checkpoint(workdir: Path) -> int:
  """Its step; 0 if there is none."""
  names = [path.name for path in workdir.glob("checkpoints/*/*")]
  return max((int(name) for name in names if name.isdigit()), default=0)
