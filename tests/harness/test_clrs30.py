"""The command on small networks: a whole run, and a killed one."""

import dataclasses
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from evolve import activations
from harness.core.errors import UserError
from tasks.clrs30.data import batch_files
from tasks.clrs30.protocol import PRESETS
from tasks.clrs30.registry import get
from tests import ROOT
from tests.harness import training_commands
from tests.harness.training_commands import Command, Main, Run, records
from tests.tasks.clrs30.data.live_sampler import LiveSampler, SmallProtocol

ALGORITHM, SEEDS, TRAIN_STEPS = "minimum", (0, 3), 8
SMALL = (
  f"--algorithms={ALGORITHM}",
  f"--seeds={','.join(map(str, SEEDS))}",
  "--preset=smoke",
  f"--train_steps={TRAIN_STEPS}",
  "--hidden_size=4",
  "--test_size=128",
  "--processor=deepsets",
)
KEYS = {
  "algorithm", "activation", "seed", "test_score", "val_score", "train_steps",
  "seconds", "sites",
}  # fmt: skip
# Two more or less of the test split's 128 minima.
TOLERANCE = 2.5 / 128


def _write_samples(folder: Path) -> None:
  """Writes fewer and smaller ones than the command would draw."""
  smoke = dataclasses.replace(PRESETS["smoke"], train_steps=TRAIN_STEPS)
  protocol = SmallProtocol(**dataclasses.asdict(smoke), num_validation=8)
  algorithm = get(ALGORITHM)
  for seed in SEEDS:
    source = LiveSampler(protocol, algorithm, seed)
    batch_files.write(
      folder, protocol, algorithm, seed, source, lambda line: None
    )
  import clrs  # Only now: without TensorFlow.

  sampler, _ = clrs.build_sampler(ALGORITHM, seed=5, num_samples=128, length=5)
  batch_files.write_test(folder, algorithm, 64, sampler.next())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A folder with samples, and with gelusine in a file."""
  folder = tmp_path_factory.mktemp("clrs30")
  _write_samples(folder / "samples")
  (folder / "file.py").write_text(activations.source("gelusine"))
  return folder


@pytest.fixture(scope="module")
def command(folder: Path) -> Command:
  return Command("clrs30", folder / "cache")


@pytest.fixture(scope="module")
def run(command: Command, folder: Path) -> Run:
  """A run of a named activation and one in a file, with two seeds each."""
  return Run(
    command,
    folder / "run",
    *SMALL,
    f"--activations=relu,{folder / 'file.py'}",
    f"--samples_dir={folder / 'samples'}",
  )


def test_every_training_has_its_record(run: Run, folder: Path) -> None:
  assert (run.ended.status, run.ended.err) == (0, [])
  found = records(run.workdir)
  assert [(record["activation"], record["seed"]) for record in found] == [
    (name, seed) for name in ("relu", str(folder / "file.py")) for seed in SEEDS
  ]
  for record in found:
    assert record.keys() >= KEYS
    assert record["algorithm"] == ALGORITHM
    assert (record["train_steps"], record["sites"]) == (TRAIN_STEPS, "all")
    assert record["seconds"] > 0


def test_the_same_seeds_give_the_same_scores(run: Run) -> None:
  """Recorded before the training loop was rewritten."""
  expected = training_commands.golden("clrs30")
  program_ids = run.json("run.json")["settings"]["activations"]
  assert list(program_ids.values()) == list(expected["program_ids"].values())
  for found, recorded in zip(
    records(run.workdir), expected["scores"], strict=True
  ):
    for name in ("seed", "best_step", "diverged_step"):
      assert found[name] == recorded[name]
    for name in ("test_score", "val_score"):
      assert found[name] == pytest.approx(recorded[name], abs=TOLERANCE)


@pytest.mark.slow
def test_parameters_are_trained_and_recorded(
  run: Run, command: Command, tmp_path: Path
) -> None:
  flags = (*run.flags, "--activations=swish_beta:layer", "--seeds=3")
  ended = command.process(*flags, f"--workdir={tmp_path}")
  assert (ended.status, ended.err) == (0, [])
  (record,) = records(tmp_path)
  beta = record["parameters"]["beta"]
  assert beta["first"] == 1.0
  assert abs(beta["mean"] - 1.0) > 1e-5
  assert all(r["parameters"] == {} for r in records(run.workdir))


def test_run_json_and_summary(run: Run) -> None:
  started = run.json("run.json")
  assert started["schema_version"] == 1
  assert started["argv"][1:] == [*run.flags, f"--workdir={run.workdir}"]
  assert started["devices"] == ["cpu: cpu"]
  settings = started["settings"]
  assert settings["algorithms"] == [ALGORITHM]
  assert (settings["seeds"], settings["train_steps"]) == (list(SEEDS), 8)
  assert (settings["processor"], settings["sites"]) == ("deepsets", "all")
  summary = run.json("summary.json")
  scores = [record["test_score"] for record in records(run.workdir)]
  assert summary["trainings"] == 4
  assert list(summary["test_score"].values()) == [
    pytest.approx(sum(scores[:2]) / 2),
    pytest.approx(sum(scores[2:]) / 2),
  ]
  # For each activation two lengths to train on, one to validate, one to test.
  assert summary["compilations"] == 8
  assert (run.workdir / "run.log").exists()
  assert not list((run.workdir / "checkpoints").iterdir())


def test_the_table_and_its_caveats(run: Run) -> None:
  # A busy machine also shows progress.
  lines = [line.rstrip() for line in run.ended.out]
  (start,) = (
    i for i, line in enumerate(lines) if line.startswith("algorithm ")
  )
  out = [line.split() for line in lines[start:]]
  assert out[0] == ["algorithm", "published", "its", "std", "relu", "file"]
  means = run.json("summary.json")["test_score"]
  relu, other = (f"{100 * mean:.2f}" for mean in means.values())
  assert out[1] == ["minimum", "97.78", "0.55", relu, other]
  for difference in (
    "train steps 8 instead of 10,000",
    "processor deepsets instead of triplet_gmpnn",
    "file instead of relu",
  ):
    assert f"differs from published: {difference}" in lines
  assert any(line.startswith("sites=all: ") for line in lines)
  assert lines[-1] == (
    f"mean over 1 algorithm: relu {relu}, file {other} "
    "(published: 97.78 over the same)"
  )


def test_a_killed_run_is_resumed_to_the_same_scores(
  run: Run, command: Command, tmp_path: Path
) -> None:
  """It is killed in the second of its two trainings."""
  flags = (*run.flags, "--activations=relu", f"--workdir={tmp_path}")
  killed = command.killed(*flags, steps=1, num_saves=TRAIN_STEPS + 6)
  assert killed.status == -signal.SIGKILL
  expected = training_commands.untimed(records(run.workdir))[:2]
  assert training_commands.untimed(records(tmp_path)) == expected[:1]
  (kept,) = (tmp_path / "checkpoints").iterdir()
  assert kept.name.endswith("-seed3.npz")
  assert not (tmp_path / "summary.json").exists()
  resumed = command.process(f"--workdir={tmp_path}", "--resume")
  assert (resumed.status, resumed.err) == (0, [])
  assert training_commands.untimed(records(tmp_path)) == expected
  assert not list((tmp_path / "checkpoints").iterdir())
  assert (tmp_path / "summary.json").exists()


@pytest.mark.usefixtures("admitted")
def test_a_finished_run_is_kept(run: Run, main: Main) -> None:
  training_commands.assert_is_kept(run, main)


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--train_steps=3", " --train_steps=8"),
    ("--hidden_size=5", " --hidden_size=4"),
    ("--processor=mpnn", " --processor=deepsets"),
    ("--sites=upstream", " --sites=all"),
    ("--learning_rate=0.5", "out --learning_rate"),
    ("--seeds_per_program=2", " --seeds_per_program=1"),
  ],
)
def test_resuming_with_other_settings_is_refused(
  flag: str, line: str, run: Run, main: Main, tmp_path: Path
) -> None:
  training_commands.assert_refuses(run, main, flag, line, tmp_path / "run")


@pytest.mark.usefixtures("admitted")
def test_a_finished_run_can_be_given_more(
  run: Run, main: Main, tmp_path: Path
) -> None:
  """Here samples of the algorithm are missing; the records stay."""
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  before = (workdir / "scores.jsonl").read_bytes()
  more = ("--algorithms=bfs", "--activations=gelu", "--seed=4")
  with pytest.raises(UserError, match=r"no test.npz in .*bfs; write it"):
    main(*more, f"--workdir={workdir}", "--resume")
  assert (workdir / "scores.jsonl").read_bytes() == before
  record = json.loads((workdir / "run.json").read_text())
  settings = record["settings"]
  assert settings["algorithms"] == ["bfs", ALGORITHM]
  assert list(settings["activations"])[::2] == ["relu", "gelu"]
  assert settings["seeds"] == [*SEEDS, 4]
  assert f"--algorithms={ALGORITHM},bfs" in record["argv"]
  assert not (workdir / "summary.json").exists()


@pytest.mark.usefixtures("admitted")
def test_a_file_may_be_gone_and_must_not_change(
  run: Run, main: Main, folder: Path
) -> None:
  file = folder / "file.py"
  text = file.read_text()
  file.write_text("def activation(x):\n  return x\n")
  try:
    with pytest.raises(UserError, match=f"^{file} has changed since the run"):
      main(f"--workdir={run.workdir}", "--resume")
    file.unlink()
    assert main(f"--workdir={run.workdir}", "--resume")[-1] == run.ended.out[-1]
  finally:
    file.write_text(text)


def test_runs_are_merged_into_one(run: Run, main: Main, tmp_path: Path) -> None:
  """One of them has half of the other's trainings."""
  part = shutil.copytree(run.workdir, tmp_path / "part")
  lines = (part / "scores.jsonl").read_text().splitlines(keepends=True)
  (part / "scores.jsonl").write_text("".join(lines[2:]))
  out = main(f"--merge={part},{run.workdir}", f"--workdir={tmp_path / 'all'}")
  found = records(tmp_path / "all")
  assert sorted(map(str, found)) == sorted(map(str, records(run.workdir)))
  summary = json.loads((tmp_path / "all" / "summary.json").read_text())
  assert summary["test_score"] == pytest.approx(
    run.json("summary.json")["test_score"]
  )
  assert "1 of the 30 algorithms: minimum" in out
  assert "differs from published: train steps 8 instead of 10,000" in out


@pytest.mark.slow
def test_jobs_share_the_trainings_and_end_with_their_parent(
  command: Command, tmp_path: Path
) -> None:
  """Killed in the middle, and gone on with."""
  flags = (
    *SMALL,
    "--algorithms=bfs",
    "--train_steps=150",
    "--activations=relu,gelusine",
    f"--data_dir={tmp_path / 'data'}",
    f"--workdir={tmp_path}",
  )
  begun = subprocess.Popen(
    [sys.executable, "-m", "harness.clrs30", *flags, "--jobs=2"], cwd=ROOT
  )
  scores = tmp_path / "scores.jsonl"
  while not (scores.exists() and scores.read_text()):
    assert begun.poll() is None
    time.sleep(0.05)
  children = psutil.Process(begun.pid).children(recursive=True)
  begun.kill()
  begun.wait()
  _, alive = psutil.wait_procs(children, timeout=60)
  assert not alive
  ended = command.process(f"--workdir={tmp_path}", "--resume", "--jobs=3")
  assert (ended.status, ended.err) == (0, [])
  found = records(tmp_path)
  assert sorted((r["activation"], r["seed"]) for r in found) == [
    (name, seed) for name in ("gelusine", "relu") for seed in SEEDS
  ]
