import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_sources_of_a_run_are_kept(tmp_path: Path) -> None:
  path, sources = str(tmp_path / "other"), {"a.py": "text"}
  entry.open_workdir(path, resume=False, sources=sources).begin({}, [])
  record = json.loads((tmp_path / "other" / "run.json").read_text())
  assert record["sources"] == sources
