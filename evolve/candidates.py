"""Programs that a user names: named activations and Python files."""

import codecs
import tokenize
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from evolve import activations, language, panel
from evolve.language import parameters
from evolve.program import Program
from harness.core.begun import Begun
from harness.core.errors import UserError, unknown
from harness.core.parameters import Share

_NEW = Begun()
# The named activations that a word stands for.
_GROUPS: Mapping[str, Callable[[], tuple[str, ...]]] = {
  "all": activations.names,
  "panel": panel.members,
}


def resolve(
  given: str, begun: Begun = _NEW, share: Share = Share.FROZEN
) -> Program:
  """The program of a named activation, or of a path to a .py file.

  Args:
    given: the name or path; with ":layer" or ":channel" its parameters are
      trained, with ":frozen" they are not.
    begun: files of a run that goes on, which need not be there any more.
    share: of the parameters of a program that does not say.

  Raises:
    UserError: there is no such name or file, the file has changed, or it has
      no parameters to train.
  """
  name, own = _split(given)
  program = _found(name, begun)
  if own is None:
    return program.sharing_by_default(share)
  program = program.sharing(own)
  if program.share is not own:
    raise UserError(
      f"{name} has no parameters to train"
      f"{_reason(program)}; leave out :{own.value}, or give its function "
      "keyword arguments with numbers, e.g. beta=1.0"
    )
  return program


def _reason(program: Program) -> str:
  """The reason for which none can be trained, if it is known."""
  try:
    language.check(program.source)
    parameters.trainable(program.source)
  except language.LanguageError as error:
    return f" ({error})"
  return ""


def _split(given: str) -> tuple[str, Share | None]:
  """The name, and what it says of its parameters."""
  name, colon, share = given.rpartition(":")
  if colon and share in set(Share):
    return name, Share(share)
  return given, None


def _found(name: str, begun: Begun) -> Program:
  if name in activations.names():
    return Program(activations.source(name))
  if name in _GROUPS:
    raise UserError(f"{name!r} stands for several activations; name one")
  path = Path(name)
  if name in begun.sources:
    program = Program(begun.sources[name])
    path = Path(begun.path(name))
    if path.exists() and not _is_same(Program(_read(path)), program):
      raise UserError(
        f"{path} has changed since the run began; its text of then is in "
        "run.json. Put it back, or give another --workdir"
      )
    return program
  if path.suffix != ".py" and "/" not in name:
    raise unknown("activation", name, [*activations.names(), *_GROUPS])
  return Program(_read(path))


def _is_same(one: Program, other: Program) -> bool:
  """True of programs that differ at most in what is trained."""
  return one.sharing(Share.FROZEN).id == other.sharing(Share.FROZEN).id


def by_name(
  names: Iterable[str], begun: Begun = _NEW, share: Share = Share.FROZEN
) -> dict[str, Program]:
  """The program of each name or path.

  Of those that stand for several, "all" for all named activations and "panel"
  for the panel's, each has its own name.

  Args:
    names: names and paths.
    begun: see `resolve`.
    share: see `resolve`.

  Raises:
    UserError: there is no name, one is unknown, or a path can't be read.
  """
  programs = {
    name: resolve(name, begun, share)
    for given in names
    for name in _members(given)
  }
  if not programs:
    raise UserError("no activation given; e.g. --activations=relu,gelu")
  return programs


def generation_zero(
  names: Iterable[str], begun: Begun = _NEW, share: Share = Share.FROZEN
) -> tuple[tuple[str, Program], ...]:
  """The programs of names, files and directories of .py files, with the names.

  Without any, they are the well-known activations, lest a search be handed what
  others found.

  Args:
    names: names, "all", "panel" and paths; of a directory, the files that it
      had when the run began are taken.
    begun: see `resolve`.
    share: see `resolve`.

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
    programs += [
      (each, resolve(each, begun, share)) for each in files or [name]
    ]
  well_known = (
    (name, resolve(name, share=share)) for name in activations.WELL_KNOWN
  )
  return tuple(programs or well_known)


def sources(programs: Iterable[tuple[str, Program]]) -> dict[str, str]:
  """The texts of those programs that are files, by path, for `resolve`.

  If what is trained was said with the path, the text does not say it.
  """
  plain, with_share = {}, {}
  for given, program in programs:
    name, share = _split(given)
    if name in activations.names():
      continue
    if share is None:
      plain[name] = program.source
    else:
      with_share[name] = program.sharing(Share.FROZEN).source
  return with_share | plain


def named() -> dict[str, Program]:
  """The programs of the named activations, by name."""
  return {
    name: Program(activations.source(name)) for name in activations.names()
  }


def names_by_id() -> dict[str, str]:
  """The names of the named activations, trained ones, too, by program id."""
  programs = named()
  found = {program.id: name for name, program in programs.items()}
  for name, program in programs.items():
    for share in (Share.LAYER, Share.CHANNEL):
      if (trained := program.sharing(share)).share is share:
        found[trained.id] = f"{name}:{share}"
  return found


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
