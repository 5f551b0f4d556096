"""Run directories of all commands, read from run.json and summary.json.

Imports little, so that a mistake in --results is found before JAX is loaded.
"""

import dataclasses
import json
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core import records
from harness.core.errors import UserError

_ID_LENGTH = 6  # Characters of a program id that tell two programs apart.
_COMMANDS = ("search", "score", "clrs30", "imagenet", "molhiv")


@dataclasses.dataclass(frozen=True)
class RunDirectory:
  """A run, by its run.json and summary.json.

  Attributes:
    path: of the directory.
    label: its name on the page; unique there.
    command: the entry point that made it, without .py, e.g. "search".
    argv: its command line.
    settings: everything that decided its results.
    versions: of Python and of packages.
    commit: of the source tree; None if that is not known.
    has_changes: whether the tree had changes that were not committed.
    devices: those that it computed on.
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
    """The command as it is typed."""
    return shlex.join(
      ["python", "-m", f"harness.{self.command}", *self.argv[1:]]
    )

  @property
  def is_finished(self) -> bool:
    return self.summary is not None


def read_all(paths: Sequence[str]) -> tuple[RunDirectory, ...]:
  """Reads run.json and summary.json of each directory, once each.

  Raises:
    UserError: no directory is given, or one holds no run of a command that is
      reported or is damaged.
  """
  if not paths:
    raise UserError("no run is given; e.g. --results=runs/first,runs/control")
  unique = list(dict.fromkeys(Path(path) for path in paths))
  labels = _labels(unique)
  directories = tuple(_read(path, labels[path]) for path in unique)
  for one in directories:
    if one.command not in _COMMANDS:
      raise UserError(
        f"{one.path} holds a run of {one.command}, not of one of "
        f"{', '.join(_COMMANDS)}"
      )
  return directories


def read_scores(directory: RunDirectory) -> list[dict[str, Any]]:
  """The lines of scores.jsonl.

  Raises:
    UserError: it is damaged.
  """
  path = directory.path / "scores.jsonl"
  try:
    return records.read_jsonl(path)
  except ValueError as error:
    raise damaged(path, error) from error


def page_names(
  directories: Sequence[RunDirectory], known: Mapping[str, str]
) -> dict[str, str]:
  """Unique names for the activations of runs on the page, by program id.

  Args:
    directories: of the runs.
    known: names to keep. Others are the end of the path that was given first;
      where different programs share it, with a part of their ids.
  """
  ends: dict[str, str] = {}
  for one in directories:
    for given, program_id in one.settings.get("activations", {}).items():
      ends.setdefault(program_id, "/".join(Path(given).parts[-2:]))
  found = {**ends, **known}
  counts = Counter(found.values())
  return {
    program_id: name
    if counts[name] == 1 or program_id in known
    else f"{name} ({program_id[:_ID_LENGTH]})"
    for program_id, name in found.items()
  }


def page_name(
  given: str, directory: RunDirectory, names: Mapping[str, str]
) -> str:
  """The name of an activation on the page.

  Args:
    given: its name or the path of its file, as --activations had it.
    directory: of its run, which knows its program id.
    names: on the page, by program id; see `page_names`.
  """
  return names[directory.settings["activations"][given]]


def damaged(path: Path, error: Exception) -> UserError:
  """The error for a file that does not hold what it should."""
  return UserError(
    f"{path} is damaged ({type(error).__name__}: {error}); leave its run out, "
    "or run its command again"
  )


def _read(path: Path, label: str) -> RunDirectory:
  if not path.is_dir():
    raise UserError(f"no directory {path}; give the --workdir of a run")
  if not (path / "run.json").exists():
    raise UserError(
      f"{path} holds no run: it has no run.json; give the --workdir of a run"
    )
  record = _read_json(path / "run.json")
  summary_file = path / "summary.json"
  try:
    git = record["git"]
    return RunDirectory(
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


def _read_json(path: Path) -> Any:
  try:
    return json.loads(path.read_text())
  except (ValueError, OSError) as error:
    raise damaged(path, error) from error


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
  """The shortest ends of the paths that tell them apart."""
  for count in range(1, 1 + max(len(path.parts) for path in paths)):
    labels = {path: "/".join(path.parts[-count:]) for path in paths}
    if len(set(labels.values())) == len(paths):
      break
  return labels
