"""Programs that a user names: named activations and Python files."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from evolve import activations
from evolve.program import Program
from harness.core.errors import UserError, unknown

_NO_SOURCES: Mapping[str, str] = {}


def resolve(name: str, recorded: Mapping[str, str] = _NO_SOURCES) -> Program:
  """The program of a named activation, or of a path to a .py file.

  Args:
    name: the name or path.
    recorded: the `sources` of a run that goes on; a file among them need not
      be there any more.

  Raises:
    UserError: there is no such name or file, or the file has changed.
  """
  if name in activations.names():
    return Program(activations.source(name))
  path = Path(name)
  if name in recorded:
    program = Program(recorded[name])
    if path.exists() and Program(_read(path)).id != program.id:
      raise UserError(
        f"{name} has changed since the run began; its text of then is in "
        "run.json. Put it back, or give another --workdir"
      )
    return program
  if path.suffix != ".py" and "/" not in name:
    raise unknown("activation", name, activations.names())
  return Program(_read(path))


def by_name(
  names: Iterable[str], recorded: Mapping[str, str] = _NO_SOURCES
) -> dict[str, Program]:
  """The program of each name or path; "all" stands for all named activations.

  Args:
    names: names and paths.
    recorded: see `resolve`.

  Raises:
    UserError: there is no name, one is unknown, or a path can't be read.
  """
  programs: dict[str, Program] = {}
  for name in names:
    programs |= named() if name == "all" else {name: resolve(name, recorded)}
  if not programs:
    raise UserError("no activation given; e.g. --activations=relu,gelu")
  return programs


def generation_zero(
  names: Iterable[str], recorded: Mapping[str, str] = _NO_SOURCES
) -> tuple[tuple[str, Program], ...]:
  """The programs of names, files and directories of .py files, with the names.

  Without any, they are the named activations.

  Args:
    names: names and paths; of a directory, the files that it had when the run
      began are taken.
    recorded: see `resolve`.

  Raises:
    UserError: there is no such name, file or directory, or it is empty.
  """
  programs: list[tuple[str, Program]] = []
  for name in names:
    files = [path for path in recorded if Path(path).parent == Path(name)]
    if not files and Path(name).is_dir():
      files = sorted(map(str, Path(name).glob("*.py")))
      if not files:
        raise UserError(f"no .py file in directory {name}")
    programs += [(each, resolve(each, recorded)) for each in files or [name]]
  return tuple(programs or named().items())


def sources(programs: Iterable[tuple[str, Program]]) -> dict[str, str]:
  """The texts of those programs that are files, by path, for `resolve`."""
  return {
    name: program.source
    for name, program in programs
    if name not in activations.names()
  }


def named() -> dict[str, Program]:
  """The programs of the named activations, by name."""
  return {
    name: Program(activations.source(name)) for name in activations.names()
  }


def names_by_id() -> dict[str, str]:
  """The names of the named activations, by program id."""
  return {program.id: name for name, program in named().items()}


def _read(path: Path) -> str:
  try:
    return path.read_text()
  except (OSError, UnicodeDecodeError) as error:
    reason = getattr(error, "strerror", None) or "not a text file"
    raise UserError(f"can't read activation {path}: {reason}") from error
