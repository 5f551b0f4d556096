"""The frame of an entry point: flags, errors, signals, exit status, log.

An entry point defines its flags; this module alone parses them.
"""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import absl.logging
from absl import app, flags

from harness.core.errors import UserError, unknown
from harness.core.workdir import Workdir

_log = logging.getLogger("actmine")


def run(main: Callable[[], None], usage: str) -> NoReturn:
  """Parses the flags, runs `main`, and turns its end into an exit status.

  Args:
    main: the run; it reads its own flags.
    usage: the text that --help prints above the flags.
  """
  signal.signal(signal.SIGTERM, _interrupt)
  _log.addHandler(logging.NullHandler())  # Until there is a workdir.
  _log.propagate = False
  absl.logging.set_verbosity(absl.logging.ERROR)  # Libraries log a lot.
  try:
    app.run(
      lambda _: _guarded(main),
      flags_parser=lambda argv: _parse(argv, usage),
    )
  except KeyboardInterrupt:  # Before main had begun.
    _fail("stopped", 130)
  except BrokenPipeError:  # The reader of the output has closed it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
  sys.exit(0)


def _guarded(main: Callable[[], None]) -> None:
  try:
    main()
  except UserError as error:
    _fail(f"error: {error}", 1)
  except KeyboardInterrupt:
    _fail(
      "stopped; what was finished is kept: go on with the same flags and "
      "--resume",
      130,
    )
  except BrokenPipeError:
    raise
  except OSError as error:
    _log.error("%s", traceback.format_exc())
    _fail(f"error: {error}; nothing committed so far is lost", 1)


def _interrupt(signum: int, frame: FrameType | None) -> None:
  del signum, frame
  raise KeyboardInterrupt


def _fail(line: str, status: int) -> NoReturn:
  sys.stdout.flush()
  print(line, file=sys.stderr, flush=True)
  sys.exit(status)


def _parse(argv: Sequence[str], usage: str) -> Sequence[str]:
  if not {"-h", "-help", "--help"}.isdisjoint(argv[1:]):
    _print_help(usage)
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
  module = flags.FLAGS.flags_by_module_dict().get(sys.argv[0], [])
  return {flag.name: flag for flag in module}


def _print_help(usage: str) -> None:
  print(usage.strip())
  print("\nFlags:")
  for flag in sorted(_own_flags().values(), key=lambda f: f.name):
    default = "" if flag.default is None else f" (default {flag.default})"
    print(f"  --{flag.name}: {flag.help}{default}")


def log_to(path: str) -> logging.Logger:
  """The project's log, which goes to that file; warnings are printed, too."""
  from harness.core.console import Warnings

  handler = logging.FileHandler(path)
  handler.setFormatter(
    logging.Formatter("%(asctime)s %(levelname)s %(message)s")
  )
  _log.handlers = [handler, Warnings()]
  _log.propagate = False
  _log.setLevel(logging.INFO)
  return _log


def open_workdir(path: str | None, *, resume: bool) -> Workdir:
  """Claims --workdir and sends the log there.

  Raises:
    UserError: there is no path, or see `Workdir`.
  """
  if not path:
    raise UserError("--workdir is required; e.g. --workdir=runs/first")
  workdir = Workdir(path, resume=resume)
  log_to(str(workdir.log_file))
  return workdir


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
  return Path(path or default).expanduser()
