"""The directory of a run: its lock, run.json and summary.json."""

import fcntl
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from harness.core import records
from harness.core.errors import UserError

_PACKAGES = ("jax", "jaxlib", "dm-haiku", "optax", "numpy")


class Workdir:
  """A directory claimed by a run; no other can use it in the meantime.

  Attributes:
    path: the directory.
    resumed: True if it already held a run, which this one continues.
    finished: True if that run had written its summary.
  """

  def __init__(self, path: str, *, resume: bool):
    """Claims the directory, making it if it does not exist.

    Raises:
      UserError: it holds a run and `resume` is False, or the run of another
        command; another process uses it, or it can't be written.
    """
    self.path = Path(path)
    try:
      self.path.mkdir(parents=True, exist_ok=True)
      self._lock = self._claim()
    except OSError as error:
      raise UserError(
        f"can't use workdir {path}: {error.strerror}; give another --workdir"
      ) from error
    self.resumed = self.run_file.exists()
    self.finished = self.resumed and self.summary_file.exists()
    if self.resumed and not resume:
      self._lock.close()
      raise UserError(
        f"workdir {path} holds a run; continue it with --resume or give "
        "another --workdir"
      )
    if self.resumed:
      self._check_command()

  @property
  def run_file(self) -> Path:
    return self.path / "run.json"

  @property
  def summary_file(self) -> Path:
    return self.path / "summary.json"

  @property
  def log_file(self) -> Path:
    return self.path / "run.log"

  def _claim(self) -> IO[str]:
    lock = open(self.path / ".lock", "w")  # noqa: SIM115 (held for the run)
    try:
      fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      raise UserError(
        f"another run is using workdir {self.path}; wait for it, or give "
        "another --workdir"
      ) from None
    return lock

  def begin(
    self,
    settings: Mapping[str, Any],
    devices: Sequence[str],
    *,
    may_change: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
  ) -> None:
    """Writes run.json, or checks that a resumed run has the same settings.

    Args:
      settings: everything that decides the results, as JSON values.
      devices: the devices that the run computes on.
      may_change: settings that may differ when the run is resumed.
      extra: further entries of run.json.

    Raises:
      UserError: a resumed run was started with other settings.
    """
    if self.resumed:
      self.check_same(settings, may_change)
    record = {
      "schema_version": records.SCHEMA_VERSION,
      # Without the path, which belongs to the machine and not to the run.
      "argv": [_command(), *sys.argv[1:]],
      "settings": dict(settings),
      "versions": _versions(),
      "git": _git(),
      "devices": list(devices),
      **(extra or {}),
    }
    # A longer --evaluations reopens a finished run. The summary is removed
    # first, so that it never stands beside settings that are not its own.
    self.summary_file.unlink(missing_ok=True)
    records.write_json(self.run_file, record)

  def say_finished(self, hint: str = "") -> None:
    """Prints that the run has finished, with a hint at its results."""
    print(f"the run in {self.path} has finished; {hint or 'see summary.json'}")

  def settings(self) -> dict[str, Any]:
    """The settings in run.json."""
    recorded: dict[str, Any] = self._recorded("settings")
    return recorded

  def summary(self) -> dict[str, Any]:
    """The content of summary.json."""
    record: dict[str, Any] = _read(self.summary_file)
    return record

  def _recorded(self, entry: str) -> Any:
    try:
      return _read(self.run_file)[entry]
    except KeyError as error:
      raise UserError(f"{self.run_file} is damaged: {error!r}") from error

  def _check_command(self) -> None:
    before = self._recorded("argv")[0]
    if before != _command():
      raise UserError(
        f"workdir {self.path} holds a run of {before}, not of {_command()}; "
        "give another --workdir"
      )

  def check_same(
    self, settings: Mapping[str, Any], may_change: Sequence[str]
  ) -> None:
    """Raises a UserError if the run in here has other settings."""
    before = self.settings()
    for name, value in json.loads(json.dumps(dict(settings))).items():
      if name not in may_change and before.get(name) != value:
        raise UserError(
          f"the run in {self.path} has --{name}={before.get(name)}, not "
          f"{value}; resume it with its own flags"
        )

  def finish(self, summary: Mapping[str, Any]) -> None:
    """Writes summary.json, whose presence means that the run finished."""
    records.write_json(
      self.summary_file, {"schema_version": records.SCHEMA_VERSION, **summary}
    )


def _command() -> str:
  """The entry point's file, e.g. search.py."""
  return Path(sys.argv[0]).name


def _versions() -> dict[str, str]:
  found = {"python": platform.python_version()}
  for name in _PACKAGES:
    found[name] = importlib.metadata.version(name)
  return found


def _git() -> dict[str, Any] | None:
  """The commit of this source tree, and a dirty bit; None without git."""
  here = Path(__file__).parent

  def git(*arguments: str) -> str:
    return subprocess.run(
      ["git", "-C", str(here), *arguments],
      capture_output=True,
      text=True,
      check=True,
      env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
    ).stdout.strip()

  try:
    return {
      "commit": git("rev-parse", "HEAD"),
      "dirty": bool(git("status", "--porcelain")),
    }
  except (OSError, subprocess.CalledProcessError):
    return None


def _read(path: Path) -> Any:
  try:
    return json.loads(path.read_text())
  except ValueError as error:
    raise UserError(f"{path} is damaged: {error!r}") from error
