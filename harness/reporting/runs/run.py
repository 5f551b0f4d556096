"""What the directories of all commands have in common."""

import dataclasses
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.core import records
from harness.core.errors import UserError


@dataclasses.dataclass(frozen=True)
class Run:
  """A run, by its run.json and summary.json.

  Attributes:
    path: its directory.
    label: what to call it on the page; unique there.
    command: the entry point that made it, without .py, e.g. "search".
    argv: its command line.
    settings: everything that decided its results.
    versions: of Python and of packages.
    commit: of the source tree; None if that is not known.
    has_changes: whether the tree had changes that were not committed.
    devices: what it computed on.
    summary: of a finished run; None if it is unfinished.
  """

  path: Path
  label: str
  command: str
  argv: tuple[str, ...]
  settings: Mapping[str, Any]
  versions: Mapping[str, str]
  commit: str | None
  has_changes: bool
  devices: tuple[str, ...]
  summary: Mapping[str, Any] | None

  @property
  def command_line(self) -> str:
    """As it is typed."""
    return shlex.join(
      ["python", "-m", f"harness.{self.command}", *self.argv[1:]]
    )

  @property
  def is_finished(self) -> bool:
    return self.summary is not None


def read(path: Path, label: str) -> Run:
  """Reads run.json and summary.json.

  Raises:
    UserError: there is no such directory or no run in it, or it is damaged.
  """
  if not path.is_dir():
    raise UserError(f"no directory {path}; give run directories to --results")
  if not (path / "run.json").exists():
    raise UserError(
      f"{path} holds no run: it has no run.json; give --results the --workdir "
      "of a run"
    )
  record = _read_json(path / "run.json")
  summary_file = path / "summary.json"
  try:
    git = record["git"]
    return Run(
      path=path,
      label=label,
      command=Path(record["argv"][0]).stem,
      argv=tuple(record["argv"]),
      settings=record["settings"],
      versions=record["versions"],
      commit=git and git["commit"],
      has_changes=bool(git and git["dirty"]),
      devices=tuple(record["devices"]),
      summary=_read_json(summary_file) if summary_file.exists() else None,
    )
  except (KeyError, IndexError, TypeError) as error:
    raise damaged(path / "run.json", error) from error


def read_scores(path: Path) -> list[dict[str, Any]]:
  """The lines of scores.jsonl.

  Raises:
    UserError: it is damaged.
  """
  try:
    return records.read_jsonl(path / "scores.jsonl")
  except ValueError as error:
    raise damaged(path / "scores.jsonl", error) from error


def damaged(path: Path, error: Exception) -> UserError:
  """The error for a file that does not hold what it should."""
  return UserError(
    f"{path} is damaged ({type(error).__name__}: {error}); leave it out of "
    "--results, or run its command again"
  )


def _read_json(path: Path) -> Any:
  try:
    return json.loads(path.read_text())
  except (ValueError, OSError) as error:
    raise damaged(path, error) from error
