"""Flags of the command on algorithms, without a training."""

import dataclasses
from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.clrs30 import run as clrs30_run
from tasks.clrs30.algorithms import ALGORITHMS
from tasks.clrs30.config import Config
from tasks.clrs30.protocol import PRESETS, Protocol
from tests.harness.training_commands import Command, Main
from tests.tasks.clrs30 import own

SMALL = ("--algorithms=minimum", "--preset=smoke")


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
  return Command("clrs30", tmp_path_factory.mktemp("cache"))


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
      "--algorithm_module=absent.py",
      "can't read algorithm module absent",
    ),
    ("--algorithm_module=absent", "module 'absent' does not import: ModuleNot"),
    ("--train_lengths=4,x", "--train_lengths takes numbers from 4, .* not 'x'"),
    ("--train_lengths=3", "--train_lengths takes numbers from 4, .* not '3'"),
    ("--train_lengths=", "--train_lengths takes numbers from 4, .* not ''"),
    ("--write_samples --samples_dir=", "--write_samples needs --samples_dir=D"),
    ("", r"no test.npz in .*minimum; write it with --write_samples"),
  ],
)
def test_a_mistake_is_reported_before_any_data_is_read(
  flag: str, line: str, main: Main, tmp_path: Path
) -> None:
  """The last error is that of reading, as there is no mistake."""
  workdir = tmp_path / "run"
  absent = tuple(
    f"--{name}={tmp_path / 'absent'}" for name in ("samples_dir", "data_dir")
  )
  with pytest.raises(UserError, match=line):
    main(*SMALL, *absent, f"--workdir={workdir}", *flag.split())
  assert (workdir / "run.json").exists() == (not flag)
  assert not (workdir / "scores.jsonl").exists()


@pytest.mark.usefixtures("admitted")
def test_every_number_of_the_protocol_has_a_flag(
  main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  configs: list[Config] = []
  monkeypatch.setattr(
    clrs30_run, "run", lambda config, workdir: configs.append(config)
  )
  expected = Protocol(
    train_lengths=(5, 8),
    test_lengths=(6, 64, 128),
    batch_size=3,
    train_steps=7,
    eval_every=9,
    hidden_size=11,
    learning_rate=0.5,
    max_gradient_norm=0.25,
    sample_multiplier=6,
    test_size=2,
  )
  given = dataclasses.asdict(expected) | {
    "train_lengths": "5,8",
    "test_lengths": "128,6",  # The benchmark's is always among them.
  }
  flags = [f"--{name}={value}" for name, value in given.items()]
  main(SMALL[0], *flags, f"--workdir={tmp_path / 'run'}")
  (config,) = configs
  assert config.protocol == expected
  assert all(
    value != getattr(PRESETS["paper"], name) for name, value in given.items()
  )


@pytest.mark.usefixtures("own_algorithms")
def test_list_algorithms(main: Main, tmp_path: Path) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "mine", "other")
  lines = main("--list_algorithms", f"--algorithm_module={path}")
  listed = dict(line.split(": ") for line in lines)
  assert listed.pop(path) == "mine, other"
  assert listed.pop("beyond").startswith("eccentricity, longest_increasing")
  assert {"sorting", "graphs"} <= listed.keys()
  found = [name for names in listed.values() for name in names.split(", ")]
  assert sorted(found) == sorted(ALGORITHMS)


@pytest.mark.usefixtures("own_algorithms")
def test_check_algorithms(main: Main, tmp_path: Path) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "mine")
  lines = main("--check_algorithms", f"--algorithm_module={path}")
  assert lines[0] == "ok   mine: runs that follow the specification"
  assert lines[-1] == "all 7 checks passed"
  with pytest.raises(UserError, match="no algorithm is given"):
    main("--check_algorithms")


FLAWED = """
from tasks.clrs30.registry import register
from tests.tasks.clrs30 import own

register(own.largest(name="mine", {flaw}))
"""


@pytest.mark.usefixtures("own_algorithms", "admitted")
@pytest.mark.parametrize(
  ("flaw", "line"),
  [
    (
      "min_nodes=6",
      "'mine' needs 6 nodes or more, not 4; give longer",
    ),
    ("run=lambda trace, key: 1 / 0", r"'mine': run fails, Zero.* \(line 5\)$"),
    ("draw=lambda rng, n: n", "'mine': draw returns int; make it a tuple, as"),
    ("spec={}", "'mine': the specification has no input; beside 'pos' it need"),
  ],
)
def test_a_flawed_algorithm_is_told_before_a_run(
  flaw: str, line: str, main: Main, tmp_path: Path
) -> None:
  path = tmp_path / "mine.py"
  path.write_text(FLAWED.format(flaw=flaw))
  workdir = tmp_path / "run"
  with pytest.raises(UserError, match=line):
    main(SMALL[1], f"--algorithm_module={path}", f"--workdir={workdir}")
  assert not workdir.exists()


@pytest.mark.usefixtures("admitted")
def test_a_data_dir_that_cannot_be_written(main: Main, tmp_path: Path) -> None:
  (tmp_path / "file").touch()
  data_dir = f"--data_dir={tmp_path / 'file'}"
  with pytest.raises(UserError, match=r"can't read or keep .*Not a directory"):
    main(*SMALL, data_dir, f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run" / "summary.json").exists()
