"""Flags of a run that goes on."""

import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from absl import flags

from harness.core import entry
from harness.core.errors import UserError


class Resuming:
  """Flags of a command, and its workdir."""

  def __init__(self, workdir: Path, monkeypatch: pytest.MonkeyPatch):
    self.values = flags.FlagValues()
    # As the run resolves its flags.
    self._settings = {
      "full": {"steps": 400}, "screen": {"steps": 100}, "lengths": [4, 7],
      "algorithms": ["a", "b"],
    }  # fmt: skip
    self._workdir = workdir
    own = {"flag_values": self.values}
    flags.DEFINE_string("workdir", None, "", **own)
    flags.DEFINE_bool("resume", False, "", **own)
    flags.DEFINE_integer("seed", 0, "", **own)
    flags.DEFINE_integer("steps", None, "", **own)
    flags.DEFINE_list("lengths", None, "", **own)
    flags.DEFINE_integer("workers", 2, "", **own)
    flags.DEFINE_bool("exact", False, "", **own)
    flags.DEFINE_list("tasks", [], "", **own)
    flags.DEFINE_list("names", ["relu"], "", short_name="name", **own)
    flags.DEFINE_multi_string("set", [], "", **own)
    flags.DEFINE_string("file", None, "", **own)
    flags.DEFINE_list("module", [], "", **own)
    flags.DEFINE_list("algorithms", [], "", **own)
    flags.DEFINE_list("extra", [], "", **own)
    flags.DEFINE_list("merge", [], "", **own)
    monkeypatch.setattr(flags, "FLAGS", self.values)

  def __call__(self, *arguments: str) -> dict[str, Any]:
    """Gives flags, begins a run or goes on; returns the values of flags."""
    argv = [sys.argv[0], f"--workdir={self._workdir}", *arguments]
    self.values.unparse_flags()
    with mock.patch.object(sys, "argv", argv):
      self.values(argv)
      entry.resume(
        may_change=("workers",),
        may_grow=("names", "algorithms", "extra"),
        paths=("file",),
        modules=("module", "extra"),
        alone="merge",
      )
      resume = self.values["resume"].value
      workdir = entry.open_workdir(str(self._workdir), resume=resume)
      workdir.begin(self._settings, [])
    return self.values.flag_values_dict()


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Resuming:
  """Flags of a run that was begun with some of them."""
  resuming = Resuming(tmp_path / "run", monkeypatch)
  resuming(
    "--seed=1", "--exact", "--tasks=a,b", "--names=relu,tanh", "--set=a=1",
    "--set=b=2",
  )  # fmt: skip
  return resuming


def test_a_run_goes_on_with_the_flags_it_was_begun_with(
  given: Resuming,
) -> None:
  found = given("--resume")
  assert (found["seed"], found["steps"], found["exact"]) == (1, None, True)
  assert (found["tasks"], found["names"]) == (["a", "b"], ["relu", "tanh"])
  assert found["set"] == ["a=1", "b=2"]
  assert given("--resume", "--seed=1", "--tasks=a,b") == found


def test_a_default_may_be_typed(given: Resuming) -> None:
  found = given("--resume")
  assert given("--resume", "--steps=400", "--lengths=4,7") == found
  assert found["steps"] is None


def test_what_changes_and_grows_is_kept_for_the_next_time(
  given: Resuming,
) -> None:
  given("--resume", "--workers=3", "--name=gelu,relu")
  given("--resume", "--names=swish")
  found = given("--resume")
  assert found["workers"] == 3
  assert found["names"] == ["relu", "tanh", "gelu", "swish"]
  assert (found["seed"], found["set"]) == (1, ["a=1", "b=2"])


def test_what_a_run_took_without_a_flag_grows(given: Resuming) -> None:
  assert given("--resume")["algorithms"] == []
  assert given("--resume", "--algorithms=c")["algorithms"] == ["a", "b", "c"]


def test_modules_are_added_or_moved(
  given: Resuming, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  given("--resume", "--extra=a.py")
  assert given("--resume", "--extra=b.py")["extra"] == ["a.py", "b.py"]
  monkeypatch.chdir(tmp_path)
  monkeypatch.setattr(sys, "path", list(sys.path))
  moved = given("--resume", "--extra=a.py,b.py")["extra"]
  assert moved == [f"{tmp_path}/a.py", f"{tmp_path}/b.py"]


@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--seed=2", " --seed=1, not with --seed=2; leave --seed out, or give ano"),
    ("--steps=5", "out --steps, not with --steps=5; leave --steps out, "),
    ("--steps=100", "out --steps, not with --steps=100; leave"),
    ("--lengths=4", "out --lengths, not with --lengths=4; leave"),
    ("--noexact", " --exact, not with --noexact; leave --exact out, "),
    ("--tasks=a", " --tasks=a,b, not with --tasks=a; leave"),
  ],
)
def test_another_value_than_the_run_was_begun_with_is_refused(
  given: Resuming, flag: str, line: str
) -> None:
  with pytest.raises(UserError, match=f"run was begun with{line}"):
    given("--resume", flag)


def test_paths_are_those_of_the_directory_in_which_the_run_began(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  here, there = tmp_path / "here", tmp_path / "there"
  for directory in (here, there):
    directory.mkdir()
  resuming = Resuming(tmp_path / "run", monkeypatch)
  monkeypatch.chdir(here)
  resuming("--file=a.py:f", "--module=b.py,c.d")
  assert resuming("--resume")["file"] == "a.py:f"
  monkeypatch.chdir(there)
  monkeypatch.setattr(sys, "path", list(sys.path))
  found = resuming("--resume")
  assert sys.path[-1] == str(here)  # Where c is found.
  assert found["file"] == f"{here}/a.py:f"
  assert found["module"] == [f"{here}/b.py", "c.d"]
  with pytest.raises(UserError, match=f"with --file={here}/a.py:f, not with"):
    resuming("--resume", "--file=a.py:g")
  assert resuming("--resume", "--file=a.py:f")["file"] == f"{there}/a.py:f"
  monkeypatch.chdir(here)  # Moved for good.
  assert resuming("--resume")["file"] == f"{there}/a.py:f"


def test_there_must_be_a_run_to_go_on_with(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  resuming = Resuming(tmp_path / "new", monkeypatch)
  with pytest.raises(UserError, match=r"no run in .*new to go on with; leave"):
    resuming("--resume")
  # With the flags of a run, it may have been killed before it was begun.
  assert resuming("--resume", "--seed=3")["seed"] == 3
  assert resuming("--resume")["seed"] == 3


@pytest.mark.parametrize("flag", ["--resume", "--names=gelu", "--noexact"])
def test_a_flag_that_goes_alone(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str
) -> None:
  resuming = Resuming(tmp_path / "merged", monkeypatch)
  other = flag.strip("-").partition("=")[0].removeprefix("no")
  line = f"--merge goes with --workdir only; leave --{other} out"
  with pytest.raises(UserError, match=line):
    resuming("--merge=a,b", flag)
  resuming("--merge=a,b")
  assert resuming("--resume")["merge"] == ["a", "b"]
  if flag != "--resume":
    with pytest.raises(UserError, match=line):
      resuming("--resume", flag)


def test_flags_of_another_version_are_one_line(
  given: Resuming, tmp_path: Path
) -> None:
  path = tmp_path / "run" / "run.json"
  path.write_text(path.read_text().replace("--seed=1", "--sead=1"))
  with pytest.raises(UserError, match="begun with flags of another version"):
    given("--resume")
