"""The frame of an entry point: flags, errors, signals, exit status, log.

An entry point defines its flags; this module alone parses them.
"""

import logging
import os
import resource
import shlex
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import absl.logging
from absl import app, flags

from harness.core import streams
from harness.core.begun import Begun
from harness.core.console import Warnings, wrapped
from harness.core.errors import UserError, unknown
from harness.core.workdir import Workdir, is_unfinished, read_run

_log = logging.getLogger("actmine")

# Bytes that JAX on CPU alone takes, most of which it never touches.
_ADDRESS_SPACE = 1_700_000_000


def run(main: Callable[[], None], usage: str) -> NoReturn:
  """Parses the flags, runs `main`, and turns its end into an exit status.

  Args:
    main: the run; it reads its own flags.
    usage: the text that --help prints above the flags.
  """
  streams.mend()
  if main.__module__ != "__main__":
    _stand_in_for_module(main.__module__)
  signal.signal(signal.SIGTERM, _interrupt)
  _log.addHandler(logging.NullHandler())  # Until there is a workdir.
  _log.propagate = False
  _quiet_libraries()
  try:
    app.run(
      lambda _: _flushed(main), flags_parser=lambda argv: _parse(argv, usage)
    )
  except UserError as error:
    _fail(f"error: {error}", 1)
  except KeyboardInterrupt:
    _fail(f"stopped{_way_on()}", 130)
  except OSError as error:
    _log.error("%s", traceback.format_exc())
    _end_by(error)


def _quiet_libraries() -> None:
  """Keeps warnings of libraries, which log a lot, from standard error."""
  absl.logging.set_verbosity(absl.logging.ERROR)


def _stand_in_for_module(name: str) -> None:
  """Makes a console script's process look as if `python -m` had started it.

  Run records name the module's file, and --task_module finds modules in the
  working directory; these come last, as none of them is to hide one of ours.
  """
  sys.argv[0] = str(sys.modules[name].__file__)
  sys.path.append(os.getcwd())


def _flushed(main: Callable[[], None]) -> None:
  """Runs `main`, and finds out whether all it printed could be written."""
  _check_address_space()
  main()
  sys.stdout.flush()


def _check_address_space() -> None:
  """Raises a UserError where JAX has no room.

  Before it is imported: with less, some of its libraries hang.
  """
  given = resource.getrlimit(resource.RLIMIT_AS)[0]
  if given != resource.RLIM_INFINITY and given < _ADDRESS_SPACE:
    raise UserError(
      f"the address space is limited to {given / 1e9:.1f} GB, and JAX takes "
      f"{_ADDRESS_SPACE / 1e9:.1f} GB; raise the limit, as by `ulimit -v "
      "unlimited`"
    )


def _interrupt(signum: int, frame: FrameType | None) -> None:
  del signum, frame
  raise KeyboardInterrupt


def _end_by(error: OSError) -> NoReturn:
  """Ends the process for an error of a file, or of standard output."""
  if not isinstance(error, BrokenPipeError):
    _fail(f"error: {error}; nothing committed so far is lost", 1)
  if way_on := _way_on():
    _fail(f"stopped, as nobody reads the output{way_on}", 1)
  streams.discard_output()
  sys.exit(1)


def _way_on() -> str:
  """The end of the line on a run that was stopped; empty if there is none."""
  path = "workdir" in flags.FLAGS and flags.FLAGS["workdir"].value
  if not path or not is_unfinished(path):
    return ""
  return (
    "; what was finished is kept: go on with --resume --workdir="
    + shlex.quote(path)
  )


def _fail(line: str, status: int) -> NoReturn:
  try:
    sys.stdout.flush()
  except OSError:  # Nobody reads it, or a disk is full.
    streams.discard_output()
  print(line, file=sys.stderr, flush=True)
  sys.exit(status)


def _parse(argv: Sequence[str], usage: str) -> Sequence[str]:
  if not {"-h", "-help", "--help"}.isdisjoint(argv[1:]):
    _print_help(usage)
    sys.stdout.flush()
    sys.exit(0)
  try:
    rest: list[str] = flags.FLAGS(list(argv))
  except flags.UnrecognizedFlagError as error:
    _fail(f"error: {unknown('flag', error.flagname, _own_flags())}", 2)
  except flags.Error as error:
    _fail(f"error: {' '.join(str(error).split())}", 2)
  if len(rest) > 1:
    _fail(f"error: unexpected argument {rest[1]!r}; flags are --name=value", 2)
  return rest


def _own_flags() -> dict[str, Any]:
  """The flags of the entry point, by name; absl has some, too."""
  return {
    flag.name: flag
    for module, defined in flags.FLAGS.flags_by_module_dict().items()
    if not module.startswith("absl.")
    for flag in defined
  }


def _print_help(usage: str) -> None:
  print(usage.strip())
  print("\nFlags:")
  for flag in sorted(_own_flags().values(), key=lambda f: f.name):
    default = flag.default
    if isinstance(default, list):  # As it is typed.
      default = ",".join(default) or None
    default = "" if default is None else f" (default {default})"
    print(wrapped(f"--{flag.name}: {flag.help}{default}", indent="  "))


def log_to(path: str) -> logging.Logger:
  """The project's log, which goes to that file; warnings are printed, too."""
  handler = logging.FileHandler(path, encoding="utf-8")
  handler.setFormatter(
    logging.Formatter("%(asctime)s %(levelname)s %(message)s")
  )
  _log.handlers = [handler, Warnings()]
  _log.propagate = False
  _log.setLevel(logging.INFO)
  return _log


def resume(
  *,
  may_change: Sequence[str] = (),
  may_grow: Sequence[str] = (),
  paths: Sequence[str] = (),
  modules: Sequence[str] = (),
  alone: str | None = None,
) -> Begun:
  """Gives flags the values of the run that --resume goes on with.

  A flag that is not typed is as it was when the run began.

  Args:
    may_change: flags that may be typed with another value.
    may_grow: lists that are typed to be added to; and numbers, which
      `Workdir.check` compares.
    paths: flags that name files or directories. Relative ones stay those of the
      directory in which the run began; the same name may be typed with another
      directory, e.g. of a file that was moved.
    modules: the same for flags that name files or importable modules.
    alone: a flag that goes with --workdir only.

  Returns:
    The files that the run was begun with; none for a new run.

  Raises:
    UserError: there is no run, it was begun with another value of a flag, or
      by a version with other flags; or `alone` is not.
  """
  known = flags.FLAGS
  if alone and known[alone].present:
    _check_alone(alone, *(flag.name for flag in _typed()))
  path = known["workdir"].value
  if not path or not known["resume"].value:
    return Begun()
  typed = {flag.name: flag.value for flag in _typed()}
  record = read_run(path)
  if record is None:
    if typed.keys() == {"workdir", "resume"}:
      raise UserError(
        f"no run in {path} to go on with; leave --resume out to begin one"
      )
    return Begun()
  known.unparse_flags()
  _quiet_libraries()  # Its verbosity was a flag, too.
  try:
    known([sys.argv[0], *record["argv"][1:]])
  except flags.Error as error:
    raise UserError(
      f"the run in {path} was begun with flags of another version "
      f"({' '.join(str(error).split())}); give another --workdir"
    ) from error
  if alone and known[alone].present:
    _check_alone(alone, *(name for name in typed if name != "resume"))
  begun = Begun.of(record, path)
  if begun.directory:
    sys.path.append(begun.directory)
    for name in (*paths, *modules):
      _make_absolute(name, begun, typed, is_path=name in paths)
  for name, value in typed.items():
    flag = known[name]
    moves = name in (*paths, *modules) and _names(value) == _names(flag.value)
    if name in may_grow and isinstance(value, list) and not moves:
      # Without the flag, the run may have taken some of its own accord.
      taken = flag.value or _setting(record["settings"], name) or ()
      flag.value = list(dict.fromkeys([*taken, *value]))
    elif moves or name in ("workdir", "resume", *may_change, *may_grow):
      flag.value = value
    elif _is_default_of(record["settings"], flag, value):
      continue
    elif flag.value != value:
      raise _differs(path, flag, value)
    flag.present = 1
  return begun


def _check_alone(alone: str, *typed: str) -> None:
  for name in typed:
    if name in _own_flags() and name not in (alone, "workdir"):
      raise UserError(f"--{alone} goes with --workdir only; leave --{name} out")


def _make_absolute(
  name: str, begun: Begun, typed: dict[str, Any], *, is_path: bool
) -> None:
  """Makes the run's value of a flag, and a typed one, good in any directory.

  Modules that are found by their name stay as they are.
  """
  here = Begun(directory=os.getcwd())
  flag = flags.FLAGS[name]
  flag.value = _each(begun.path if is_path else begun.module, flag.value)
  if name in typed:
    typed[name] = _each(here.path if is_path else here.module, typed[name])


def _names(value: Any) -> Any:
  """A flag's value without the directories of its paths."""
  return _each(os.path.basename, value)


def _each(change: Callable[[str], str], value: Any) -> Any:
  """A flag's value with its path, or each of its paths, changed."""
  if isinstance(value, list):
    return [change(path) for path in value]
  return value and change(value)


def _is_default_of(
  settings: Mapping[str, Any], flag: flags.Flag[Any], value: Any
) -> bool:
  """True for what a run has taken where it was begun without the flag."""
  taken = None if flag.value is not None else _setting(settings, flag.name)
  if isinstance(taken, list):  # Lists are typed as texts.
    taken = list(map(str, taken))
  return taken is not None and taken == value


def _setting(settings: Mapping[str, Any], name: str) -> Any:
  """A setting, or that of the first group which has it; None without one."""
  if name in settings:
    return settings[name]
  groups = (group for group in settings.values() if isinstance(group, dict))
  found = (_setting(group, name) for group in groups)
  return next((value for value in found if value is not None), None)


def _typed() -> Iterable[flags.Flag[Any]]:
  """The flags on the command line, each once."""
  found = (flags.FLAGS[name] for name in flags.FLAGS)
  return {flag.name: flag for flag in found if flag.present}.values()


def _differs(path: str, flag: flags.Flag[Any], value: Any) -> UserError:
  """The error for a flag with another value than when the run began."""
  has_none = flag.value in (None, [], "")
  before = f"out --{flag.name}" if has_none else f" {flag.serialize()}"
  flag.value = value
  return UserError(
    f"the run in {path} was begun with{before}, not with {flag.serialize()}; "
    f"leave --{flag.name} out, or give another --workdir"
  )


def open_workdir(
  path: str | None,
  *,
  resume: bool,
  sources: Mapping[str, str] | None = None,
) -> Workdir:
  """Claims --workdir and sends the log there.

  Args:
    path: the value of --workdir.
    resume: the value of --resume.
    sources: texts of the files that are named by flags, by path as typed.

  Raises:
    UserError: there is no path, or see `Workdir`.
  """
  if not path:
    raise UserError("--workdir is required; e.g. --workdir=runs/first")
  arguments = _arguments() if resume else sys.argv[1:]
  workdir = Workdir(path, resume=resume, arguments=arguments, sources=sources)
  log_to(str(workdir.log_file))
  return workdir


def given(holders: Iterable[flags.FlagHolder[Any]]) -> dict[str, Any]:
  """The values of those flags that have one, by name."""
  return {
    holder.name: holder.value for holder in holders if holder.value is not None
  }


def _arguments() -> list[str]:
  """Arguments that begin the run which --resume goes on with, as it is now."""
  return [
    argument
    for flag in _typed()
    if flag.name != "resume"
    # Of a flag that may be repeated, one a line.
    for argument in (
      flag.serialize().split("\n")
      if isinstance(flag, flags.MultiFlag)
      else [flag.serialize()]
    )
  ]


def parse_seeds(texts: Sequence[str]) -> tuple[int, ...]:
  """The seeds of --seeds, each once.

  Raises:
    UserError: there is none, or one is no seed.
  """
  seeds = []
  for text in texts:
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
      raise UserError(
        f"--seeds takes numbers from 0 to 2^31 - 1, e.g. 0,1,2, not {text!r}"
      )
    seeds.append(int(text))
  if not seeds:
    raise UserError("no seed is given; e.g. --seeds=0,1,2")
  return tuple(dict.fromkeys(seeds))


def data_dir(path: str | None) -> Path:
  """The directory of --data_dir, or the default of TensorFlow Datasets."""
  default = os.environ.get("TFDS_DATA_DIR", "~/tensorflow_datasets")
  return Path(path or default).expanduser().absolute()
