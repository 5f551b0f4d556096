"""The command on digits: one whole run, and one that is killed."""

import json
import re
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from tasks.imagenet import run as imagenet_run
from tests.curves import read_curves
from tests.harness import training_commands
from tests.harness.training_commands import Command, Main, Run, records

SEEDS = (0, 3)
SMALL = (
  "--dataset=digits",
  f"--seeds={','.join(map(str, SEEDS))}",
  "--seeds_per_program=2",
)
KEYS = {
  "dataset", "activation", "seed", "top1", "top5", "epochs", "seconds",
  "status", "diverged_step", "model", "parameters",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
  return tmp_path_factory.mktemp("imagenet")


@pytest.fixture(scope="module")
def command(folder: Path) -> Command:
  return Command("imagenet", folder / "cache")


@pytest.fixture(scope="module")
def run(command: Command, folder: Path) -> Run:
  """A run of two activations with two seeds each, which learns the digits."""
  arguments = (*SMALL, "--activations=relu,gelusine", "--epochs=3")
  return Run(command, folder / "run", *arguments)


def test_every_training_has_its_record(run: Run) -> None:
  assert (run.ended.status, run.ended.err) == (0, [])
  found = records(run.workdir)
  assert [(record["activation"], record["seed"]) for record in found] == [
    (name, seed) for name in ("relu", "gelusine") for seed in SEEDS
  ]
  for record in found:
    assert record.keys() == KEYS | {"schema_version"}
    assert record["dataset"] == "digits"
    assert (record["status"], record["diverged_step"]) == ("OK", None)
    assert (record["model"], record["epochs"]) == ("vgg_small", 3)
    assert record["seconds"] > 0


def test_digits_are_learnt(run: Run) -> None:
  found = records(run.workdir)
  for record in found:
    assert 0.9 < record["top1"] < record["top5"] <= 1
    right = record["top1"] * 382
    assert right == pytest.approx(round(right))
  assert len({(record["top1"], record["top5"]) for record in found}) == 4


def test_the_same_seeds_give_the_same_accuracies(run: Run) -> None:
  expected = training_commands.golden("imagenet")
  settings = run.json("run.json")["settings"]
  assert settings["activations"] == expected["program_ids"]
  for found, recorded in zip(
    records(run.workdir), expected["scores"], strict=True
  ):
    assert found["activation"] == recorded["activation"]
    assert (found["seed"], found["status"]) == (recorded["seed"], "OK")
    # Differences in the last bits grow over the steps.
    for name in ("top1", "top5"):
      assert found[name] == pytest.approx(recorded[name], abs=4.5 / 382)


def test_the_same_seeds_give_the_same_curves(run: Run) -> None:
  """After one epoch the last bits have not grown yet."""
  golden = training_commands.golden("imagenet")
  for name, expected in golden["first_epoch"].items():
    curves = read_curves(
      run.workdir / "tensorboard" / "digits" / f"{name}-seeds0-3"
    )
    assert curves.keys() == {"loss", "learning_rate", "top1", "top5"}
    losses, top1 = dict(curves["loss"]), dict(curves["top1"])
    assert list(losses) == [22, 44, 50, 66]
    assert list(top1) == [22, 44, 66]
    assert losses[22] == pytest.approx(expected["loss"], rel=1e-3)
    assert top1[22] == pytest.approx(expected["top1"], abs=2.5 / 764)
    assert losses[66] < 0.1
    rates = dict(curves["learning_rate"])
    assert rates[22] == pytest.approx(0.2 * 64 / 256 * 22 / 65)
    assert rates[66] == pytest.approx(0, abs=1e-7)


def test_run_json_and_summary(run: Run) -> None:
  started = run.json("run.json")
  assert started["schema_version"] == 1
  assert started["argv"][1:] == [*run.flags, f"--workdir={run.workdir}"]
  assert started["devices"] == ["cpu: cpu"]
  settings = started["settings"]
  assert (settings["dataset"], settings["model"]) == ("digits", "vgg_small")
  assert (settings["seeds"], settings["epochs"]) == (list(SEEDS), 3)
  assert (settings["batch_size"], settings["accumulate"]) == (64, 1)
  summary = run.json("summary.json")
  top1 = [record["top1"] for record in records(run.workdir)]
  assert summary["top1"] == {
    "relu": pytest.approx(sum(top1[:2]) / 2),
    "gelusine": pytest.approx(sum(top1[2:]) / 2),
  }
  assert (summary["trainings"], summary["diverged"]) == (4, 0)
  assert summary["seconds"] > 0
  assert (run.workdir / "run.log").exists()
  assert not list((run.workdir / "checkpoints").iterdir())
  assert len(list((run.workdir / "tensorboard").rglob("events*"))) == 2


def test_the_table_and_its_caveats(run: Run) -> None:
  lines = [line.rstrip() for line in run.ended.out]
  rows = {line.split()[0]: line.split() for line in lines if line}
  means = run.json("summary.json")["top1"]
  for name, mean in means.items():
    assert rows[name][:2] == [name, f"{100 * mean:.2f}"]
    assert rows[name][-1] == "2"
  assert any(re.match(r"logistic regression +91\.\d\d$", x) for x in lines)
  assert "differs from the recipe of digits: epochs 3 instead of 60" in lines
  best = max(means, key=lambda name: means[name])
  (other,) = means.keys() - {best}
  assert lines[-1] == (
    f"highest: {best} {100 * means[best]:.2f}% top-1; no difference shown from "
    f"{other}"
  )


@pytest.mark.slow
def test_parameters_are_trained_and_recorded(
  run: Run, command: Command, tmp_path: Path
) -> None:
  flags = (*run.flags, "--activations=swish_beta:channel")
  ended = command.process(*flags, f"--workdir={tmp_path}")
  assert (ended.status, ended.err) == (0, [])
  for record in records(tmp_path):
    beta = record["parameters"]["beta"]
    assert beta["first"] == 1.0
    assert beta["deviation"] > 1e-4
  assert all(r["parameters"] == {} for r in records(run.workdir))


@pytest.mark.slow  # As that of CLRS-30, by the same code.
def test_a_killed_run_is_resumed_to_the_same_accuracies(
  run: Run, command: Command, tmp_path: Path
) -> None:
  flags = (*run.flags, "--activations=relu", f"--workdir={tmp_path}")
  killed = command.killed(*flags, steps=20, num_saves=2)
  assert killed.status == -signal.SIGKILL
  assert not (tmp_path / "scores.jsonl").exists()
  assert len(list(tmp_path.glob("checkpoints/*"))) == 1
  resumed = command.process(f"--workdir={tmp_path}", "--resume")
  assert (resumed.status, resumed.err) == (0, [])
  expected = training_commands.untimed(records(run.workdir))[:2]
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
    ("--epochs=4", " --epochs=3"),
    ("--batch_size=32", "out --batch_size"),
    ("--model=vit_tiny", "out --model"),
    ("--momentum=0.5", "out --momentum"),
    ("--accumulate=2", "out --accumulate"),
    ("--bfloat16", "out --bfloat16"),
    ("--seeds_per_program=1", " --seeds_per_program=2"),
  ],
)
def test_resuming_with_other_settings_is_refused(
  flag: str, line: str, run: Run, main: Main, tmp_path: Path
) -> None:
  training_commands.assert_refuses(run, main, flag, line, tmp_path / "run")


@pytest.mark.usefixtures("admitted")
def test_a_finished_run_can_be_given_more(
  run: Run, main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  asked: list[str] = []

  def train_all(left: Iterable[SeedGroup], *unused: Any) -> None:
    asked.extend(map(str, left))
    raise KeyboardInterrupt  # Training them takes long.

  monkeypatch.setattr(imagenet_run, "train_all", train_all)
  more = ("--activations=tanh", "--seeds=4")
  with pytest.raises(KeyboardInterrupt):
    main(*more, f"--workdir={workdir}", "--resume")
  assert asked == [
    "digits, relu, seed 4",
    "digits, gelusine, seed 4",
    "digits, tanh, seed 0,3",
    "digits, tanh, seed 4",
  ]
  assert records(workdir) == records(run.workdir)
  assert not (workdir / "summary.json").exists()


def test_runs_are_merged_into_one(run: Run, main: Main, tmp_path: Path) -> None:
  """Each of them has half of the trainings."""
  lines = (run.workdir / "scores.jsonl").read_text().splitlines(keepends=True)
  parts = []
  for name, half in (("a", lines[:2]), ("b", lines[2:])):
    parts.append(shutil.copytree(run.workdir, tmp_path / name))
    (parts[-1] / "scores.jsonl").write_text("".join(half))
  merged = tmp_path / "all"
  out = main(f"--merge={parts[0]},{parts[1]}", f"--workdir={merged}")
  assert records(merged) == records(run.workdir)
  summary = json.loads((merged / "summary.json").read_text())
  assert summary["top1"] == run.json("summary.json")["top1"]
  assert "differs from the recipe of digits: epochs 3 instead of 60" in out


@pytest.mark.slow
def test_two_devices_train_as_one(
  run: Run, command: Command, tmp_path: Path
) -> None:
  ended = command.process(*run.flags, f"--workdir={tmp_path}", num_devices=2)
  assert (ended.status, ended.err) == (0, [])
  assert ended.out[-1].startswith("highest: ")
  for found, expected in zip(
    records(tmp_path), records(run.workdir), strict=True
  ):
    # The sums' last bits grow over the steps.
    assert found["top1"] == pytest.approx(expected["top1"], abs=0.02)


@pytest.mark.slow
def test_a_damaged_checkpoint_ends_the_process_with_one_line(
  run: Run, command: Command, tmp_path: Path
) -> None:
  """Other threads of the process do not keep it alive."""
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  for name in ("summary.json", "scores.jsonl"):
    (workdir / name).unlink()
  settings = run.json("run.json")["settings"]
  (first,) = seed_groups(["digits"], ["relu"], SEEDS, size=2)
  name = first.file_name(settings["activations"]["relu"])
  (workdir / "checkpoints" / name).write_bytes(b"PK")
  ended = command.process(*run.flags, f"--workdir={workdir}", "--resume")
  assert ended.status == 1
  (line,) = ended.err
  assert re.match(
    r"error: checkpoint .*-seed0.npz is damaged .*; delete it", line
  )
