"""Entry points that train, in processes of their own and in this one."""

import functools
import importlib
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import pytest
from absl import flags
from absl.testing import flagsaver

from evolve import language
from evolve.program import Program
from evolve.runs import admit
from harness.core.errors import UserError
from tests import ROOT, on_devices

Main = Callable[..., list[str]]
# Programs are compiled once for all processes of a module.
ENVIRONMENT = {
  "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
  "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
}
# Ends by SIGKILL right after a checkpoint, of which one is due every few steps.
KILLED = """
import itertools, os, runpy, signal
from harness.core.trainings.checkpoint import Checkpoint
calls, saves = itertools.count(1), itertools.count(1)
save = Checkpoint.save

def save_and_die(*arguments):
  save(*arguments)
  if next(saves) == {num_saves}:
    os.kill(os.getpid(), signal.SIGKILL)

Checkpoint.save = save_and_die
Checkpoint.is_due = lambda self: next(calls) % {steps} == 0
runpy.run_module("harness.{name}", run_name="__main__", alter_sys=True)
"""


class Ended(NamedTuple):
  """Exit status of a process, and its lines of standard output and error."""

  status: int
  out: list[str]
  err: list[str]


@functools.cache
def _entry_point(name: str) -> tuple[flags.FlagValues, Callable[[], None]]:
  """The flags of a command, apart from those of others, and its main function.

  An entry point defines its flags only the first time that it is imported.
  """
  own = flags.FlagValues()
  with ExitStack() as stack:
    for define in filter(lambda name: name.startswith("DEFINE_"), dir(flags)):
      defines_own = functools.partial(getattr(flags, define), flag_values=own)
      stack.enter_context(mock.patch.object(flags, define, defines_own))
    return own, importlib.import_module(f"harness.{name}").main


class Command:
  """An entry point.

  Attributes:
    name: of its module.
  """

  def __init__(self, name: str, cache: Path):
    """An entry point by name; `cache` keeps programs that processes compile."""
    self.name = name
    self._environment = ENVIRONMENT | {"JAX_COMPILATION_CACHE_DIR": str(cache)}
    self._flags, self._main = _entry_point(name)

  def process(self, *arguments: str, num_devices: int = 1) -> Ended:
    """Runs it as a user does."""
    return self._ended(["-m", f"harness.{self.name}", *arguments], num_devices)

  def killed(self, *arguments: str, steps: int, num_saves: int) -> Ended:
    """Runs it with a checkpoint every `steps`; kills it after `num_saves`."""
    code = KILLED.format(name=self.name, steps=steps, num_saves=num_saves)
    return self._ended(["-c", code, *arguments])

  @contextmanager
  def main(
    self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
  ) -> Iterator[Main]:
    """Yields its main function, which returns the lines of standard output."""
    log = logging.getLogger("actmine")
    handlers, propagate, level = log.handlers, log.propagate, log.level

    def call(*arguments: str) -> list[str]:
      argv = [f"{self.name}.py", *arguments]
      monkeypatch.setattr(sys, "argv", argv)
      monkeypatch.setattr(flags, "FLAGS", self._flags)
      defaults = flagsaver.save_flag_values(self._flags)
      capsys.readouterr()
      try:
        self._flags(argv)
        self._main()
      finally:
        flagsaver.restore_flag_values(defaults, self._flags)
      return capsys.readouterr().out.splitlines()

    yield call
    log.handlers, log.propagate = handlers, propagate
    log.setLevel(level)

  def _ended(self, arguments: list[str], num_devices: int = 1) -> Ended:
    done = subprocess.run(
      [sys.executable, *arguments],
      cwd=ROOT,
      env=on_devices(num_devices) | self._environment,
      capture_output=True,
      text=True,
      timeout=300,
    )
    return Ended(
      done.returncode, done.stdout.splitlines(), done.stderr.splitlines()
    )


class Run:
  """A run of a command, as it ended."""

  def __init__(self, command: Command, workdir: Path, *arguments: str):
    """Runs it in a process of its own."""
    self.flags = arguments
    self.workdir = workdir
    self.ended = command.process(*arguments, f"--workdir={workdir}")

  def json(self, name: str) -> dict[str, Any]:
    """A file of the workdir."""
    record: dict[str, Any] = json.loads((self.workdir / name).read_text())
    return record


def records(workdir: Path) -> list[dict[str, Any]]:
  """Lines of scores.jsonl."""
  lines = (workdir / "scores.jsonl").read_text().splitlines()
  return [json.loads(line) for line in lines]


def untimed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
  """Records without the seconds that a training took."""
  return [record | {"seconds": None} for record in found]


def golden(name: str) -> Any:
  """Recorded results of a command."""
  folder = Path(__file__).parent / "golden"
  return json.loads((folder / f"{name}.json").read_text())


def admit_unseen(programs: dict[str, Program], _: Any) -> dict[str, Any]:
  """Admits activations without a worker that probes them first."""
  return {
    name: admit.Admitted(language.load(program.source), program.id, True)
    for name, program in programs.items()
  }


def assert_is_kept(run: Run, main: Main) -> None:
  """A finished run is refused anew, prints its results when it is resumed."""
  before = _files(run.workdir)
  first, *rest = main(f"--workdir={run.workdir}", "--resume")
  assert first.startswith(f"the run in {run.workdir} has finished; more --")
  # A busy machine also showed progress.
  assert rest == run.ended.out[-len(rest) :]
  with pytest.raises(UserError, match="holds a run; continue it with --resume"):
    main(*run.flags, f"--workdir={run.workdir}")
  assert _files(run.workdir) == before


def assert_refuses(
  run: Run, main: Main, flag: str, line: str, copy: Path
) -> None:
  """A run that is resumed with another flag, finished or not, changes no file.

  Args:
    run: a finished one.
    main: of its command.
    flag: what is given beside the run's own flags.
    line: the flag of the run that the error names, after "with".
    copy: becomes a copy of its workdir.
  """
  workdir = shutil.copytree(run.workdir, copy)
  for is_finished in (True, False):
    if not is_finished:
      (workdir / "summary.json").unlink()
    before = _files(workdir)
    refusal = f"was begun with{line}, not with {flag}; leave --.* out, or give"
    with pytest.raises(UserError, match=refusal):
      main(f"--workdir={workdir}", "--resume", flag)
    assert _files(workdir) == before


def _files(folder: Path) -> dict[Path, bytes]:
  return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
