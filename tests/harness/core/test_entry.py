import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from absl import flags

from harness.core import entry
from harness.core.errors import UserError
from tests import ROOT

SCRIPT = '''
"""Does what it is told."""
import sys, time
from absl import flags
from harness.core import entry
from harness.core.errors import UserError
from tests import ROOT

END = flags.DEFINE_string("end", "ok", "how to end")
WORKDIR = flags.DEFINE_string("workdir", None, "directory for the results")
STEPS = flags.DEFINE_integer("steps", 1, "training steps", lower_bound=1)

def main():
  print("begins", flush=True)
  if END.value == "user_error":
    raise UserError("no such thing; try another")
  if END.value == "disk_full":
    raise OSError(28, "No space left on device")
  if END.value == "bug":
    raise ZeroDivisionError("a bug")
  if END.value == "argv":
    print(sys.argv[0])
  if END.value == "sleep":
    time.sleep(60)
  if END.value == "print":
    while True:
      print("\\u00b1", "\\u03c3", "line " * 1000, flush=True)
  if WORKDIR.value:
    workdir = entry.open_workdir(WORKDIR.value, resume=False)
    workdir.begin({}, [])
    raise KeyboardInterrupt

if __name__ == "__main__":
  entry.run(main, __doc__)
'''


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
  path = tmp_path_factory.mktemp("entry") / "script.py"
  path.write_text(SCRIPT)
  return path


def _shell(script: Path, command: str, **variables: str) -> tuple[str, str]:
  """Standard output and error of a shell's command; $RUN runs the script."""
  done = subprocess.run(
    ["bash", "-c", command],
    env={
      **os.environ,
      "PYTHONPATH": str(ROOT),
      "RUN": f"{sys.executable} {script}",
      **variables,
    },
    capture_output=True,
    text=True,
    timeout=60,
  )
  return done.stdout, done.stderr


def _start(script: Path, *arguments: str) -> subprocess.Popen[str]:
  return subprocess.Popen(
    [sys.executable, str(script), *arguments],
    env={**os.environ, "PYTHONPATH": str(ROOT)},
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  )


def _run(script: Path, *arguments: str) -> tuple[int, str, list[str]]:
  """Exit status, standard output, lines of standard error."""
  with _start(script, *arguments) as process:
    out, err = process.communicate(timeout=30)
  return process.returncode, out, err.splitlines()


def test_a_finished_run_exits_with_status_0(script: Path) -> None:
  assert _run(script, "--steps=3") == (0, "begins\n", [])


def test_a_console_script_is_recorded_as_its_module(script: Path) -> None:
  code = "import script; script.entry.run(script.main, '')"
  out = subprocess.check_output(
    [sys.executable, "-c", code, "--end=argv"],
    env={**os.environ, "PYTHONPATH": f"{script.parent}:{ROOT}"},
    text=True,
  )
  assert out.splitlines()[-1] == str(script)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_the_flags(script: Path, flag: str) -> None:
  status, out, err = _run(script, flag)
  assert (status, err) == (0, [])
  assert out.startswith("Does what it is told.\n")
  assert "  --steps: training steps (default 1)\n" in out
  assert "begins" not in out


@pytest.mark.parametrize(
  ("end", "status", "line"),
  [
    ("user_error", 1, "error: no such thing; try another"),
    (
      "disk_full",
      1,
      "error: [Errno 28] No space left on device; nothing committed so far is "
      "lost",
    ),
  ],
)
def test_a_failure_is_one_line(
  script: Path, end: str, status: int, line: str
) -> None:
  assert _run(script, f"--end={end}") == (status, "begins\n", [line])


def test_a_bug_ends_in_a_traceback(script: Path) -> None:
  status, _, err = _run(script, "--end=bug")
  assert status != 0
  assert "Traceback (most recent call last):" in err
  assert err[-1] == "ZeroDivisionError: a bug"


@pytest.mark.parametrize(
  ("arguments", "parts"),
  [
    (["--step=3"], ["unknown flag 'step'", "steps"]),
    (["--steps=many"], ["--steps=many"]),
    (["--steps=0"], ["--steps=0", "positive"]),
    (["--steps"], ["steps"]),
    (["relu"], ["unexpected argument 'relu'", "--name=value"]),
    (["--steps", "3", "help"], ["unexpected argument 'help'"]),
  ],
)
def test_a_wrong_flag_ends_it_before_any_work(
  script: Path, arguments: list[str], parts: list[str]
) -> None:
  status, out, err = _run(script, *arguments)
  assert (status, out) == (2, "")
  (line,) = err
  assert line.startswith("error: ")
  assert [part for part in parts if part not in line] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it(script: Path, number: signal.Signals) -> None:
  with _start(script, "--end=sleep") as process:
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
  assert process.returncode == 130
  assert err == "stopped\n"


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_a_closed_output_is_no_error(script: Path, closed: str) -> None:
  assert _shell(script, f"($RUN {closed}); echo $?") == ("0\n", "")


def test_it_ends_when_nobody_reads_its_output(script: Path) -> None:
  command = "$RUN --end=print | head -1; echo ${PIPESTATUS[0]}"
  assert _shell(script, command) == ("begins\n1\n", "")


def test_too_little_address_space_for_jax_ends_it(script: Path) -> None:
  command = "ulimit -v {}; $RUN; echo $?"
  out, err = _shell(script, command.format(500_000))
  assert out == "1\n"
  assert err == (
    "error: the address space is limited to 0.5 GB, and JAX takes 1.7 GB; "
    "raise the limit, as by `ulimit -v unlimited`\n"
  )
  assert _shell(script, command.format(1_700_000)) == ("begins\n0\n", "")


@pytest.mark.parametrize("flag", ["--help", "--end=ok"])
def test_output_to_a_full_disk_ends_in_one_line(
  script: Path, flag: str
) -> None:
  out, err = _shell(script, f"$RUN {flag} > /dev/full; echo $?")
  assert out == "1\n"
  assert err.startswith("error: [Errno 28] No space left on device; ")
  assert len(err.splitlines()) == 1


def test_characters_that_the_output_lacks_are_spelled(script: Path) -> None:
  command = "$RUN --end=print | head -2 | cut -c -9"
  out, err = _shell(script, command, PYTHONIOENCODING="ascii")
  assert (out, err) == ("begins\n+- \\u03c3\n", "")


def test_the_line_on_a_stopped_run_says_how_to_go_on(
  script: Path, tmp_path: Path
) -> None:
  status, _, err = _run(script, f"--workdir={tmp_path / 'a run'}")
  assert (status, err) == (
    130,
    [
      "stopped; what was finished is kept: go on with --resume "
      f"--workdir='{tmp_path / 'a run'}'"
    ],
  )


def test_the_log_goes_to_its_file_only(
  tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
  entry.log_to(str(tmp_path / "first.log")).info("one")
  entry.log_to(str(tmp_path / "second.log")).info("two")
  assert (tmp_path / "first.log").read_text().endswith(" INFO one\n")
  assert (tmp_path / "second.log").read_text().endswith(" INFO two\n")
  assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("path", [None, ""])
def test_a_workdir_is_required(path: str | None) -> None:
  with pytest.raises(UserError, match="--workdir is required"):
    entry.open_workdir(path, resume=False)


def test_the_log_lies_in_the_workdir(tmp_path: Path) -> None:
  workdir = entry.open_workdir(str(tmp_path / "run"), resume=False)
  assert (workdir.path / "run.log").exists()


def test_data_lie_in_the_directory_of_tfds_unless_another_is_given(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setenv("TFDS_DATA_DIR", "~/elsewhere")
  assert entry.data_dir(None) == Path.home() / "elsewhere"
  assert entry.data_dir("~/mine") == Path.home() / "mine"
  monkeypatch.delenv("TFDS_DATA_DIR")
  assert entry.data_dir(None) == Path.home() / "tensorflow_datasets"


class Resuming:
  """Flags of a command, and its workdir."""

  def __init__(self, workdir: Path, monkeypatch: pytest.MonkeyPatch):
    self.values = flags.FlagValues()
    # As the run resolves its flags.
    self._settings = {
      "full": {"steps": 400}, "screen": {"steps": 100}, "lengths": [4, 7]
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
    monkeypatch.setattr(flags, "FLAGS", self.values)

  def __call__(self, *arguments: str) -> dict[str, Any]:
    """Gives flags, begins a run or goes on; returns the values of flags."""
    argv = [sys.argv[0], f"--workdir={self._workdir}", *arguments]
    self.values.unparse_flags()
    with mock.patch.object(sys, "argv", argv):
      self.values(argv)
      entry.resume(
        may_change=("workers",),
        may_grow=("names",),
        paths=("file",),
        modules=("module",),
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


def test_flags_of_another_version_are_one_line(
  given: Resuming, tmp_path: Path
) -> None:
  path = tmp_path / "run" / "run.json"
  path.write_text(path.read_text().replace("--seed=1", "--sead=1"))
  with pytest.raises(UserError, match="begun with flags of another version"):
    given("--resume")


def test_sources_of_a_run_are_kept(tmp_path: Path) -> None:
  path, sources = str(tmp_path / "other"), {"a.py": "text"}
  entry.open_workdir(path, resume=False, sources=sources).begin({}, [])
  record = json.loads((tmp_path / "other" / "run.json").read_text())
  assert record["sources"] == sources
