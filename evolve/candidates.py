"""Programs that a user names: named activations and Python files."""

import codecs
import tokenize
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from evolve import activations, panel
from evolve.program import Program
from harness.core.begun import Begun
from harness.core.errors import UserError, unknown

_NEW = Begun()
# The named activations that a word stands for.
_GROUPS: Mapping[str, Callable[[], tuple[str, ...]]] = {
  "all": activations.names,
  "panel": panel.members,
}


def resolve(name: str, begun: Begun = _NEW) -> Program:
  """The program of a named activation, or of a path to a .py file.

  Args:
    name: the name or path.
    begun: files of a run that goes on, which need not be there any more.

  Raises:
    UserError: there is no such name or file, or the file has changed.
  """
  if name in activations.names():
    return Program(activations.source(name))
  if name in _GROUPS:
    raise UserError(f"{name!r} stands for several activations; name one")
  path = Path(name)
  if name in begun.sources:
    program = Program(begun.sources[name])
    path = Path(begun.path(name))
    if path.exists() and Program(_read(path)).id != program.id:
      raise UserError(
        f"{path} has changed since the run began; its text of then is in "
        "run.json. Put it back, or give another --workdir"
      )
    return program
  if path.suffix != ".py" and "/" not in name:
    raise unknown("activation", name, [*activations.names(), *_GROUPS])
  return Program(_read(path))


def by_name(names: Iterable[str], begun: Begun = _NEW) -> dict[str, Program]:
  """The program of each name or path.

  Of those that stand for several, "all" for all named activations and "panel"
  for the panel's, each has its own name.

  Args:
    names: names and paths.
    begun: see `resolve`.

  Raises:
    UserError: there is no name, one is unknown, or a path can't be read.
  """
  programs = {
    name: resolve(name, begun) for given in names for name in _members(given)
  }
  if not programs:
    raise UserError("no activation given; e.g. --activations=relu,gelu")
  return programs


def generation_zero(
  names: Iterable[str], begun: Begun = _NEW
) -> tuple[tuple[str, Program], ...]:
  """The programs of names, files and directories of .py files, with the names.

  Without any, they are the well-known activations, lest a search be handed what
  others found.

  Args:
    names: names, "all", "panel" and paths; of a directory, the files that it
      had when the run began are taken.
    begun: see `resolve`.

  Raises:
    UserError: there is no such name, file or directory, or it is empty.
  """
  programs: list[tuple[str, Program]] = []
  for name in (each for given in names for each in _members(given)):
    files = [path for path in begun.sources if Path(path).parent == Path(name)]
    if not files and Path(name).is_dir():
      files = sorted(map(str, Path(name).glob("*.py")))
      if not files:
        raise UserError(f"no .py file in directory {name}")
    programs += [(each, resolve(each, begun)) for each in files or [name]]
  well_known = ((name, resolve(name)) for name in activations.WELL_KNOWN)
  return tuple(programs or well_known)


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


def _members(name: str) -> tuple[str, ...]:
  """The names that a name stands for: most of them for themselves."""
  return _GROUPS[name]() if name in _GROUPS else (name,)


def _read(path: Path) -> str:
  """The text of a file, decoded as Python does it, whatever the locale."""
  try:
    with tokenize.open(path) as file:
      return file.read()
  except OSError as error:
    reason = error.strerror
  except (SyntaxError, ValueError, LookupError):
    start = path.read_bytes()[:2]
    is_utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    reason = (
      "it is UTF-16; save it as UTF-8"
      if is_utf16
      else "it is not UTF-8; save it as that, or begin it with a line that "
      "names its encoding, as # -*- coding: latin-1 -*-"
    )
  raise UserError(f"can't read activation {path}: {reason}")
