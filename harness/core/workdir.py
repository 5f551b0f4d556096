"""The directory of a run: its lock, run.json and summary.json."""

import fcntl
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from harness.core import records
from harness.core.begun import directory_of
from harness.core.errors import UserError

_PACKAGES = ("jax", "jaxlib", "dm-haiku", "optax", "numpy")


class Workdir:
  """A directory claimed by a run; no other can use it in the meantime.

  Attributes:
    path: the directory.
    resumed: True if it already held a run, which this one continues.
    finished: True if that run had written its summary.
  """

  def __init__(
    self,
    path: str,
    *,
    resume: bool,
    arguments: Sequence[str] | None = None,
    sources: Mapping[str, str] | None = None,
  ):
    """Claims the directory, making it if it does not exist.

    Args:
      path: of the directory.
      resume: whether it may hold a run.
      arguments: of the command line, for run.json; by default this process's.
      sources: texts of files that the run is begun with, by path as typed, for
        run.json.

    Raises:
      UserError: it holds a run and `resume` is False, or the run of another
        command; another process uses it, or it can't be written.
    """
    self.path = Path(path)
    self._arguments = sys.argv[1:] if arguments is None else list(arguments)
    self._sources = dict(sources or {})
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
    self._record = read_run(path) or {}

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

  def check(
    self,
    settings: Mapping[str, Any],
    *,
    may_change: Sequence[str] = (),
    may_grow: Sequence[str] = (),
  ) -> None:
    """Refuses to go on with a run that has other settings.

    Args:
      settings: everything that decides the results, as JSON values.
      may_change: settings that may differ.
      may_grow: numbers that may have become larger, None being without bound,
        and lists and dictionaries that may have been added to, see
        `entry.resume`.

    Raises:
      UserError: a resumed run was begun with other settings.
    """
    before = self._record.get("settings", _as_json(settings))
    for name, now in _as_json(settings).items():
      was, grows = before.get(name), name in may_grow
      if grows and isinstance(now, dict):
        for key in was or {}:  # Earlier versions may lack the setting.
          if now.get(key) != was[key]:
            raise self._changed(key)
      elif grows and not isinstance(now, list) and _size(now) < _size(was):
        raise UserError(
          f"the run in {self.path} has --{name}={was}; a resumed run can have "
          "more, not fewer"
        )
      elif now != was and not grows and name not in may_change:
        raise self._changed(f"the {name.replace('_', ' ')}", was, now)

  def _changed(self, what: str, was: Any = None, now: Any = None) -> UserError:
    """The error for what no flag explains: a file, or a version of ours."""
    is_short = all(isinstance(value, str | int | float) for value in (was, now))
    return UserError(
      f"{what} has changed since the run in {self.path} began"
      f"{f', from {was} to {now}' if is_short else ''}; give another --workdir"
    )

  def begin(
    self,
    settings: Mapping[str, Any],
    devices: Sequence[str],
    *,
    extra: Mapping[str, Any] | None = None,
  ) -> None:
    """Writes run.json.

    Args:
      settings: everything that decides the results, as JSON values.
      devices: the devices that the run computes on.
      extra: further entries of run.json.
    """
    self._record = {
      "schema_version": records.SCHEMA_VERSION,
      # Without the path, which belongs to the machine and not to the run.
      "argv": [_command(), *self._arguments],
      "settings": _as_json(settings),
      "sources": self._sources,
      "versions": _versions(),
      "git": _git(),
      "devices": list(devices),
      "xla_flags": os.environ.get("XLA_FLAGS", ""),
      "directory": self._record.get("directory", directory_of(str(self.path))),
      **(extra or {}),
    }
    # A resumed run that has grown is unfinished again. The summary is removed
    # first, so that it never stands beside settings that are not its own.
    self.summary_file.unlink(missing_ok=True)
    records.write_json(self.run_file, self._record)

  def note(self, extra: Mapping[str, Any]) -> None:
    """Adds entries to run.json."""
    self._record |= extra
    records.write_json(self.run_file, self._record)

  def say_finished(self, hint: str) -> None:
    """Prints that the run has finished, with a hint at what it can take."""
    print(f"the run in {self.path} has finished; {hint}", flush=True)

  def settings(self) -> dict[str, Any]:
    """The settings in run.json."""
    recorded: dict[str, Any] = self._record["settings"]
    return recorded

  def summary(self) -> dict[str, Any]:
    """The content of summary.json.

    Raises:
      UserError: it is damaged.
    """
    try:
      record: dict[str, Any] = json.loads(self.summary_file.read_text())
    except ValueError as error:
      raise _damaged(self.summary_file, error) from error
    return record

  def finish(self, summary: Mapping[str, Any]) -> None:
    """Writes summary.json, whose presence means that the run finished."""
    records.write_json(
      self.summary_file, {"schema_version": records.SCHEMA_VERSION, **summary}
    )


def is_unfinished(workdir: str) -> bool:
  """True if a directory holds a run without a summary."""
  has_run, has_summary = (
    Path(workdir, name).exists() for name in ("run.json", "summary.json")
  )
  return has_run and not has_summary


def read_run(workdir: str) -> dict[str, Any] | None:
  """The run.json of a directory; None if it holds no run.

  Raises:
    UserError: it is damaged, or holds the run of another command.
  """
  path = Path(workdir, "run.json")
  if not path.exists():
    return None
  try:
    record: dict[str, Any] = json.loads(path.read_text())
    command = record["argv"][0]
    if command == _command():
      record["settings"].keys()
  except (ValueError, LookupError, TypeError, AttributeError) as error:
    raise _damaged(path, error) from error
  if command != _command():
    raise UserError(
      f"workdir {workdir} holds a run of {command}, not of {_command()}; "
      "give another --workdir"
    )
  return record


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


def _size(number: float | None) -> float:
  return math.inf if number is None else number


def _as_json(settings: Mapping[str, Any]) -> dict[str, Any]:
  """Settings as they are read back."""
  read: dict[str, Any] = json.loads(json.dumps(dict(settings)))
  return read


def _damaged(path: Path, error: Exception) -> UserError:
  return UserError(f"{path} is damaged: {error!r}")
