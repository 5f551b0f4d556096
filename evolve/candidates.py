"""Programs that a user names: named activations and Python files."""

import codecs
import tokenize
from collections.abc import Iterable
from pathlib import Path

from evolve import activations
from evolve.program import Program
from harness.core.errors import UserError, unknown


def resolve(name: str) -> Program:
  """The program of a named activation, or of a path to a .py file.

  Raises:
    UserError: there is no such name or file.
  """
  if name in activations.names():
    return Program(activations.source(name))
  path = Path(name)
  if path.suffix != ".py" and "/" not in name:
    raise unknown("activation", name, activations.names())
  return Program(_read(path))


def by_name(names: Iterable[str]) -> dict[str, Program]:
  """The program of each name or path; "all" stands for all named activations.

  Raises:
    UserError: there is no name, one is unknown, or a path can't be read.
  """
  programs: dict[str, Program] = {}
  for name in names:
    programs |= named() if name == "all" else {name: resolve(name)}
  if not programs:
    raise UserError("no activation given; e.g. --activations=relu,gelu")
  return programs


def generation_zero(names: Iterable[str]) -> tuple[Program, ...]:
  """The programs of names, files and directories of .py files.

  Without any, they are the named activations.

  Raises:
    UserError: there is no such name, file or directory, or it is empty.
  """
  programs: list[Program] = []
  for name in names:
    if Path(name).is_dir():
      files = sorted(Path(name).glob("*.py"))
      if not files:
        raise UserError(f"no .py file in directory {name}")
      programs += [Program(_read(path)) for path in files]
    else:
      programs.append(resolve(name))
  return tuple(programs) or tuple(named().values())


def named() -> dict[str, Program]:
  """The programs of the named activations, by name."""
  return {
    name: Program(activations.source(name)) for name in activations.names()
  }


def names_by_id() -> dict[str, str]:
  """The names of the named activations, by program id."""
  return {program.id: name for name, program in named().items()}


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
