"""The command, run as a user runs it; its mistakes without a new process."""

import dataclasses
import functools
import json
import logging
import os
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

import pytest
from absl import flags
from absl.testing import flagsaver

from evolve import language
from evolve.program import Program
from evolve.runs import admit
from harness.core.errors import UserError
from tasks.clrs30.algorithms import ALGORITHMS
from tasks.clrs30.data import batch_files
from tasks.clrs30.protocol import PRESETS
from tests import ROOT
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol

ALGORITHM, SEEDS = "minimum", (0, 3)
SMALL = (
  f"--algorithms={ALGORITHM}",
  f"--seeds={','.join(map(str, SEEDS))}",
  "--preset=smoke",
  "--hidden_size=4",
  "--processor=deepsets",
)
CANDIDATE = "def activation(x):\n  return jnp.maximum(x, 0.1 * x)\n"
KEYS = {
  "algorithm", "activation", "seed", "test_score", "val_score", "train_steps",
  "seconds", "sites",
}  # fmt: skip
# It compiles in half the time.
ENVIRONMENT = {"JAX_PLATFORMS": "cpu", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1"}


def _clrs30(*arguments: str) -> tuple[int, list[str], list[str]]:
  """Exit status, and the lines of standard output and of standard error."""
  done = subprocess.run(
    [sys.executable, "-m", "harness.clrs30", *arguments],
    cwd=ROOT,
    env=os.environ | ENVIRONMENT,
    capture_output=True,
    text=True,
    timeout=300,
  )
  return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def _write_samples(folder: Path, train_steps: int) -> None:
  """A few, of few nodes, where the command would draw and build many."""
  smoke = dataclasses.replace(PRESETS["smoke"], train_steps=train_steps)
  protocol = SmallProtocol(**dataclasses.asdict(smoke), num_validation=8)
  for seed in SEEDS:
    source = LiveSampler(protocol, ALGORITHM, seed)
    batch_files.write(
      folder, protocol, ALGORITHM, seed, source, lambda line: None
    )
  import clrs  # Only now: without TensorFlow.

  sampler, _ = clrs.build_sampler(ALGORITHM, seed=5, num_samples=8, length=6)
  batch_files.write_test(folder, ALGORITHM, sampler.next())


def _records(workdir: Path) -> list[dict[str, Any]]:
  lines = (workdir / "scores.jsonl").read_text().splitlines()
  return [json.loads(line) for line in lines]


class Run:
  """One run of an activation in a file, with two seeds."""

  def __init__(self, directory: Path):
    self.samples = directory / "samples"
    _write_samples(self.samples, train_steps=4)
    self.activation = directory / "leaky.py"
    self.activation.write_text(CANDIDATE)
    self.flags = (
      *SMALL,
      f"--activations={self.activation}",
      f"--samples_dir={self.samples}",
    )
    self.workdir = directory / "run"
    self.status, self.out, self.err = _clrs30(
      *self.flags, f"--workdir={self.workdir}"
    )

  def json(self, name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((self.workdir / name).read_text())
    return record


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
  return Run(tmp_path_factory.mktemp("clrs30"))


def test_every_training_has_its_record(run: Run) -> None:
  assert (run.status, run.err) == (0, [])
  records = _records(run.workdir)
  assert [record["seed"] for record in records] == list(SEEDS)
  for record in records:
    assert record.keys() >= KEYS
    assert record["algorithm"] == ALGORITHM
    assert record["activation"] == str(run.activation)
    assert (record["train_steps"], record["sites"]) == (4, "all")
    assert 0 <= record["test_score"] <= 1
    assert 0 <= record["val_score"] <= 1
    assert record["diverged_step"] is None
    assert record["seconds"] > 0


def test_run_json_and_summary(run: Run) -> None:
  started = run.json("run.json")
  assert started["schema_version"] == 1
  assert started["argv"][1:] == [*run.flags, f"--workdir={run.workdir}"]
  assert started["devices"] == ["cpu: cpu"]
  settings = started["settings"]
  assert settings["algorithms"] == [ALGORITHM]
  assert settings["activations"].keys() == {str(run.activation)}
  assert (settings["seeds"], settings["train_steps"]) == (list(SEEDS), 4)
  assert (settings["processor"], settings["sites"]) == ("deepsets", "all")
  summary = run.json("summary.json")
  scores = [record["test_score"] for record in _records(run.workdir)]
  assert summary["trainings"] == 2
  mean = summary["test_score"][str(run.activation)]
  assert mean == pytest.approx(sum(scores) / 2)
  # Two lengths to train on, one to validate, one to test.
  assert summary["compilations"] == 4
  assert (run.workdir / "run.log").exists()
  assert not list((run.workdir / "checkpoints").iterdir())


def test_the_table_and_what_is_said_of_it(run: Run) -> None:
  # A busy machine also shows progress.
  lines = [line.rstrip() for line in run.out]
  start = lines.index("CLRS-30 test micro-F1, %")
  out = [line.split() for line in lines[start:]]
  assert out[1] == ["algorithm", "published", str(run.activation)]
  mean = 100 * run.json("summary.json")["test_score"][str(run.activation)]
  assert out[2][:5] == ["minimum", "97.78", "±", "0.55", f"{mean:.2f}"]
  for difference in (
    "train steps 4 instead of 10,000",
    "processor deepsets instead of triplet_gmpnn",
    f"{run.activation} instead of relu",
  ):
    assert f"differs from published: {difference}" in lines
  assert any(line.startswith("sites=all: ") for line in lines)
  assert lines[-1] == (
    f"mean over 1 algorithm: {run.activation} {mean:.2f} "
    "(published: 97.78 over the same)"
  )


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
      from harness import clrs30

    self._main = clrs30.main

  def call(self, *arguments: str) -> None:
    defaults = flagsaver.save_flag_values(self._flags)
    try:
      self._flags(["clrs30.py", *arguments])
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
    monkeypatch.setattr(sys, "argv", ["clrs30.py", *arguments])
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
    ("--train_steps=3", "--train_steps=4, not 3"),
    ("--hidden_size=5", "--hidden_size=4, not 5"),
    ("--processor=mpnn", "--processor=deepsets, not mpnn"),
    ("--sites=upstream", "--sites=all, not upstream"),
    ("--seeds_per_program=2", "--seeds_per_program=1, not 2"),
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


@pytest.mark.usefixtures("admitted")
def test_a_finished_run_can_be_given_more_algorithms(
  run: Run, main: Main, tmp_path: Path
) -> None:
  """Here their samples are missing; the records stay."""
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  records = (workdir / "scores.jsonl").read_bytes()
  both = f"--algorithms={ALGORITHM},bfs"
  with pytest.raises(UserError, match=r"no test split in .*bfs; write it"):
    main(*run.flags, both, f"--workdir={workdir}", "--resume")
  assert (workdir / "scores.jsonl").read_bytes() == records
  settings = json.loads((workdir / "run.json").read_text())["settings"]
  assert settings["algorithms"] == ["bfs", ALGORITHM]
  assert not (workdir / "summary.json").exists()


NO_LANGUAGE = "import os\n" + CANDIDATE
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
    main(
      *SMALL,
      f"--activations={file}",
      f"--samples_dir={tmp_path / 'absent'}",
      f"--workdir={tmp_path / 'run'}",
    )
  assert not (tmp_path / "run" / "run.json").exists()


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--algorithms=minimun", "unknown algorithm 'minimun'; nearest: minimum"),
    ("--algorithms=", "no algorithm is given; try --algorithms=bfs,sorting"),
    (
      "--processor=triplet_gmpn",
      "unknown processor 'triplet_gmpn'; nearest: triplet_gmpnn",
    ),
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
    ("--write_samples --samples_dir=", "--write_samples needs --samples_dir=D"),
    ("", r"no test split in .*minimum; write it with --write_samples"),
  ],
)
def test_a_mistake_is_said_before_any_data_is_read(
  flag: str, line: str, run: Run, main: Main, tmp_path: Path
) -> None:
  """What reading would say, had there been no mistake, comes last."""
  workdir = tmp_path / "run"
  absent = tuple(
    f"--{name}={tmp_path / 'absent'}" for name in ("samples_dir", "data_dir")
  )
  with pytest.raises(UserError, match=line):
    main(*run.flags, *absent, f"--workdir={workdir}", *flag.split())
  assert (workdir / "run.json").exists() == (not flag)
  assert not (workdir / "scores.jsonl").exists()


def test_list_algorithms(main: Main) -> None:
  lines = main("--list_algorithms")
  listed = dict(line.split(": ") for line in lines)
  assert {"sorting", "graphs"} <= listed.keys()
  found = [name for names in listed.values() for name in names.split(", ")]
  assert sorted(found) == sorted(ALGORITHMS)


def test_list_activations(main: Main) -> None:
  out = main("--list_activations")
  assert {"relu", "gelusine"} <= {line.split()[0] for line in out[2:]}


# Slow -----------------------------------------------------------------------


@pytest.mark.slow  # TensorFlow says that it can't.
@pytest.mark.usefixtures("admitted")
def test_a_data_dir_that_cannot_be_written(main: Main, tmp_path: Path) -> None:
  (tmp_path / "file").touch()
  data_dir = f"--data_dir={tmp_path / 'file'}"
  with pytest.raises(UserError, match=r"can't write .*; choose another"):
    main(*SMALL, data_dir, f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run" / "summary.json").exists()


# With a checkpoint after every step.
KILLABLE = (
  "import runpy, tasks.clrs30.training as training; "
  "training._CHECKPOINT_INTERVAL = 0.0; "
  "runpy.run_module('harness.clrs30', run_name='__main__', alter_sys=True)"
)


@pytest.mark.slow
def test_a_killed_run_goes_on_to_the_same_scores(tmp_path: Path) -> None:
  samples_dir = tmp_path / "samples"
  _write_samples(samples_dir, train_steps=60)
  flags = (
    *SMALL,
    "--activations=gelu",
    "--train_steps=60",
    "--seeds_per_program=2",
    f"--samples_dir={samples_dir}",
  )
  whole, killed = tmp_path / "whole", tmp_path / "killed"
  assert _clrs30(*flags, f"--workdir={whole}")[0] == 0
  with subprocess.Popen(
    [sys.executable, "-c", KILLABLE, *flags, f"--workdir={killed}"],
    cwd=ROOT,
    env=os.environ | ENVIRONMENT,
    stdout=subprocess.DEVNULL,
  ) as process:
    deadline = time.monotonic() + 120
    while _last_checkpoint(killed) < 20:
      assert process.poll() is None and time.monotonic() < deadline
      time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
  assert not (killed / "scores.jsonl").exists()
  assert 20 <= _last_checkpoint(killed) < 60
  status, _, err = _clrs30(*flags, f"--workdir={killed}", "--resume")
  assert (status, err) == (0, [])
  found, expected = (
    [record | {"seconds": 0} for record in _records(path)]
    for path in (killed, whole)
  )
  assert found == expected
  assert len(found) == 2
  assert (killed / "summary.json").exists()


def _last_checkpoint(workdir: Path) -> int:
  """Its step; 0 if there is none."""
  names = [path.name for path in workdir.glob("checkpoints/*/*")]
  return max((int(name) for name in names if name.isdigit()), default=0)
