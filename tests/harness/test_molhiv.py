"""The command on a miniature: one whole run, and one that is killed."""

import shutil
import signal
from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.molhiv.data import layout
from tests.curves import read_curves
from tests.harness import training_commands
from tests.harness.training_commands import Command, Main, Run, records
from tests.tasks.molhiv import miniature

SEEDS = (0, 3)
SMALL = (
  "--preset=fast", "--layers=1", "--hidden_size=16", "--batch_size=120",
  "--learning_rate=0.05", "--epochs=20", "--dropout=0.1",
  f"--seeds={','.join(map(str, SEEDS))}",
)  # fmt: skip
KEYS = {
  "dataset", "activation", "seed", "test_auc", "val_auc", "best_epoch",
  "epochs", "seconds", "status", "diverged_step", "model", "parameters",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """Holds a miniature of the data set."""
  folder = tmp_path_factory.mktemp("molhiv")
  miniature.write(folder / "data")
  return folder


@pytest.fixture(scope="module")
def command(folder: Path) -> Command:
  return Command("molhiv", folder / "cache")


@pytest.fixture(scope="module")
def run(command: Command, folder: Path) -> Run:
  """A run of two activations with two seeds each; an epoch is a step."""
  flags = (f"--data_dir={folder / 'data'}", "--activations=relu,gelusine")
  return Run(command, folder / "run", *SMALL, *flags)


def test_every_training_has_its_record(run: Run) -> None:
  assert (run.ended.status, run.ended.err) == (0, [])
  found = records(run.workdir)
  assert [(record["activation"], record["seed"]) for record in found] == [
    (name, seed) for name in ("relu", "gelusine") for seed in SEEDS
  ]
  for record in found:
    assert record.keys() == KEYS | {"schema_version"}
    assert (record["dataset"], record["model"]) == ("ogbg-molhiv", "gin")
    assert (record["status"], record["diverged_step"]) == ("OK", None)
    assert 1 <= record["best_epoch"] <= record["epochs"] == 20
    assert record["seconds"] > 0


def test_nitrogen_is_learnt(run: Run) -> None:
  found = records(run.workdir)
  for record in found:
    assert 0.85 < record["test_auc"] <= 1
    assert 0.85 < record["val_auc"] <= 1
  assert len({(r["test_auc"], r["val_auc"]) for r in found}) == 4


def test_curves(run: Run) -> None:
  curves = read_curves(run.workdir / "tensorboard/ogbg-molhiv/relu-seed0")
  assert curves.keys() == {"loss", "val_auc", "test_auc"}
  steps, values = zip(*curves["val_auc"], strict=True)
  assert steps == tuple(range(1, 21))
  record = records(run.workdir)[0]
  assert max(values) == pytest.approx(record["val_auc"])
  tests = dict(curves["test_auc"])
  assert tests[record["best_epoch"]] == pytest.approx(record["test_auc"])
  assert dict(curves["loss"])[20] < 0.1 < dict(curves["loss"])[1]


def test_run_json_and_summary(run: Run, folder: Path) -> None:
  started = run.json("run.json")
  settings = started["settings"]
  assert settings["molecules"] == layout.read(folder / "data").digest
  assert (settings["seeds"], settings["hidden_size"]) == (list(SEEDS), 16)
  assert (settings["dataset"], settings["epochs"]) == ("ogbg-molhiv", 20)
  summary = run.json("summary.json")
  found = records(run.workdir)
  for name in "relu", "gelusine":
    own = [r["test_auc"] for r in found if r["activation"] == name]
    assert summary["test_auc"][name] == pytest.approx(sum(own) / 2)
  assert (summary["trainings"], summary["diverged"]) == (4, 0)
  assert not list((run.workdir / "checkpoints").iterdir())


def test_the_table_and_its_caveats(run: Run) -> None:
  lines = [line.rstrip() for line in run.ended.out]
  rows = {line.split()[0]: line.split() for line in lines if line}
  means = run.json("summary.json")["test_auc"]
  for name, mean in means.items():
    assert rows[name][:2] == [name, f"{100 * mean:.2f}"]
    assert rows[name][-1] == "2"
  assert "leaderboard, relu            75.58 ± 1.40" in lines
  text = " ".join(line.strip() for line in lines)
  assert (
    "differs from the leaderboard's protocol: layers 1 instead of 5, hidden "
    "size 16 instead of 300, dropout 0.1 instead of 0.5, epochs 20 instead of "
    "100, batch size 120 instead of 32, learning rate 0.05 instead of 0.001"
  ) in text
  assert "no difference shown from" in lines[-1]


@pytest.mark.usefixtures("admitted")
def test_a_finished_run_is_kept(run: Run, main: Main) -> None:
  training_commands.assert_is_kept(run, main)


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--epochs=4", " --epochs=20"),
    ("--model=gcn", "out --model"),
    ("--preset=paper", " --preset=fast"),
    ("--dropout=0.2", " --dropout=0.1"),
  ],
)
def test_resuming_with_other_settings_is_refused(
  flag: str, line: str, run: Run, main: Main, tmp_path: Path
) -> None:
  training_commands.assert_refuses(run, main, flag, line, tmp_path / "run")


@pytest.mark.usefixtures("admitted")
def test_resuming_with_other_molecules_is_refused(
  run: Run, main: Main, tmp_path: Path
) -> None:
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  data_dir = tmp_path / "data"
  miniature.write(data_dir, {**miniature.SIZES, "test": 41})
  message = f"the molecules has changed since the run in {workdir} began"
  with pytest.raises(UserError, match=message):
    main(
      "--seeds=4", f"--data_dir={data_dir}", f"--workdir={workdir}", "--resume"
    )
  assert records(workdir) == records(run.workdir)


def test_runs_are_merged_into_one(run: Run, main: Main, tmp_path: Path) -> None:
  lines = (run.workdir / "scores.jsonl").read_text().splitlines(keepends=True)
  parts = []
  for name, half in (("a", lines[:2]), ("b", lines[2:])):
    parts.append(shutil.copytree(run.workdir, tmp_path / name))
    (parts[-1] / "scores.jsonl").write_text("".join(half))
  merged = tmp_path / "all"
  out = main(f"--merge={parts[0]},{parts[1]}", f"--workdir={merged}")
  assert records(merged) == records(run.workdir)
  assert any(line.startswith("leaderboard, relu") for line in out)


@pytest.mark.slow  # As that of CLRS-30, by the same code.
def test_a_killed_run_is_resumed_to_the_same_scores(
  run: Run, command: Command, tmp_path: Path
) -> None:
  flags = (*run.flags, "--activations=relu", f"--workdir={tmp_path}")
  killed = command.killed(*flags, steps=7, num_saves=2)
  assert killed.status == -signal.SIGKILL
  assert not (tmp_path / "scores.jsonl").exists()
  assert len(list(tmp_path.glob("checkpoints/*"))) == 1
  resumed = command.process(f"--workdir={tmp_path}", "--resume")
  assert (resumed.status, resumed.err) == (0, [])
  expected = training_commands.untimed(records(run.workdir))[:2]
  assert training_commands.untimed(records(tmp_path)) == expected


@pytest.mark.slow
def test_two_trainings_at_a_time(
  run: Run, command: Command, tmp_path: Path
) -> None:
  """XLA's last bits depend on the number of cores."""
  ended = command.process(*run.flags, "--jobs=2", f"--workdir={tmp_path}")
  assert (ended.status, ended.err) == (0, [])
  found, expected = (
    {(r["activation"], r["seed"]): r["test_auc"] for r in records(workdir)}
    for workdir in (tmp_path, run.workdir)
  )
  assert found == pytest.approx(expected, abs=0.05)


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
