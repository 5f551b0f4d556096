"""The command on an algorithm of one's own, from its file to the table."""

import json
import signal
from pathlib import Path

import pytest

from harness.core.errors import UserError
from tests.harness import training_commands
from tests.harness.training_commands import Command, Main, Run, records
from tests.tasks.clrs30 import own

pytestmark = pytest.mark.usefixtures("own_algorithms", "admitted")

SMALL = (
  "--preset=smoke",
  "--train_lengths=4",
  "--hidden_size=4",
  "--processor=deepsets",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A folder with a module."""
  folder = tmp_path_factory.mktemp("own")
  own.write_algorithms(folder / "mine.py", "first_place", "mine")
  return folder


@pytest.fixture(scope="module")
def command(folder: Path) -> Command:
  return Command("clrs30", folder / "cache")


@pytest.fixture(scope="module")
def run(command: Command, folder: Path) -> Run:
  """A run of one of its two algorithms, which draws all that it needs."""
  return Run(
    command,
    folder / "run",
    *SMALL,
    f"--algorithm_module={folder / 'mine.py'}",
    "--algorithms=mine",
    f"--data_dir={folder / 'data'}",
  )


def test_a_file_is_all_it_takes(run: Run, folder: Path) -> None:
  assert (run.ended.status, run.ended.err) == (0, [])
  (record,) = records(run.workdir)
  assert record["algorithm"] == "mine"
  score = f"{100 * record['test_score']:.2f}"
  lines = [line.split() for line in run.ended.out]
  assert ["mine", "-", "-", score] in lines
  assert run.ended.out[-1] == (
    f"mean over 1 algorithm beyond the 30: relu {score}"
  )
  settings = run.json("run.json")["settings"]
  label = settings["algorithm_files"]["mine"]
  assert label.startswith("mine.py@")
  assert (settings["algorithms"], len(settings["algorithm_files"])) == (
    ["mine"], 1
  )  # fmt: skip
  text = label.partition("@")[2]
  assert (folder / "data" / "clrs30" / f"mine@{text}" / "test.npz").exists()


def test_a_finished_run_is_kept_in_any_directory(
  run: Run, main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  training_commands.assert_is_kept(run, main)
  monkeypatch.chdir(tmp_path)
  out = main("--resume", f"--workdir={run.workdir}")
  assert out[-1] == run.ended.out[-1]


def test_a_file_may_move_and_must_not_change(
  run: Run, main: Main, tmp_path: Path
) -> None:
  resume = ("--resume", f"--workdir={run.workdir}")
  moved = tmp_path / "mine.py"
  moved.write_bytes((run.workdir.parent / "mine.py").read_bytes())
  out = main(*resume, f"--algorithm_module={moved}")
  assert out[-1] == run.ended.out[-1]
  own.write_algorithms(moved, "mine")
  with pytest.raises(UserError, match=r"^mine\.py has changed since the run"):
    main(*resume, f"--algorithm_module={moved}")


def test_runs_are_merged_without_the_module(
  run: Run, main: Main, tmp_path: Path
) -> None:
  out = main(f"--merge={run.workdir}", f"--workdir={tmp_path / 'all'}")
  assert out[-1] == run.ended.out[-1]
  merged = json.loads((tmp_path / "all" / "run.json").read_text())["settings"]
  files = run.json("run.json")["settings"]["algorithm_files"]
  assert merged["algorithm_files"] == files


@pytest.mark.slow
def test_samples_in_files_give_the_same_scores(
  run: Run, command: Command, tmp_path: Path
) -> None:
  flags = (*run.flags, f"--samples_dir={tmp_path / 'samples'}")
  written = command.process(*flags, "--write_samples")
  assert (written.status, written.err) == (0, [])
  other = Run(command, tmp_path / "run", *flags, "--data_dir=absent")
  assert (other.ended.status, other.ended.err) == (0, [])
  assert training_commands.untimed(records(other.workdir)) == (
    training_commands.untimed(records(run.workdir))
  )


@pytest.mark.slow
def test_a_killed_run_goes_on_and_can_be_given_more(
  run: Run, command: Command, tmp_path: Path
) -> None:
  workdir = f"--workdir={tmp_path / 'run'}"
  killed = command.killed(*run.flags, workdir, steps=1, num_saves=2)
  assert killed.status == -signal.SIGKILL
  resumed = command.process(workdir, "--resume")
  assert (resumed.status, resumed.err) == (0, [])
  expected = training_commands.untimed(records(run.workdir))
  assert training_commands.untimed(records(tmp_path / "run")) == expected
  more = command.process(workdir, "--resume", "--algorithms=first_place")
  assert (more.status, more.err) == (0, [])
  names = [record["algorithm"] for record in records(tmp_path / "run")]
  assert names == ["mine", "first_place"]


@pytest.mark.slow
def test_those_that_ship_are_trained(command: Command, tmp_path: Path) -> None:
  ended = command.process(
    *SMALL,
    "--algorithms=beyond",
    f"--data_dir={tmp_path / 'data'}",
    f"--workdir={tmp_path / 'run'}",
  )
  assert (ended.status, ended.err) == (0, [])
  assert len(records(tmp_path / "run")) == 3
  assert ended.out[-1].startswith("mean over 3 algorithms beyond the 30: relu")
