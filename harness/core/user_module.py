"""Python of a user's own: a module by its name, or a file by its path.

Its label has a hash of its text in it, so that results of one text are never
taken for those of another.
"""

import hashlib
import importlib
import os
import re
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from harness.core.errors import UserError

# The name of a file or module, that of something in it, and the hash.
_LABEL = re.compile(r"([^+:,@]+)(:\w+)?@([0-9a-f]{8})\b")


class UserModule(NamedTuple):
  """A module that is loaded.

  Attributes:
    module: the module.
    label: its name, or that of its file, @ and a hash of its text.
  """

  module: ModuleType
  label: str


_loaded: dict[str, UserModule] = {}  # By location.


def located(name: str) -> str:
  """A name that is good in any directory: a path is made absolute."""
  return os.path.abspath(name) if is_path(name) else name


def load(name: str, what: str, text: bytes | None = None) -> UserModule:
  """Loads a module, or a file; a file anew if its text has changed.

  What lies beside a file can be imported by it.

  Args:
    name: importable, or a path to a .py file.
    what: the role of the module, for messages, e.g. "task module".
    text: of a file, if that is known.

  Raises:
    UserError: it can't be read, or does not import.
  """
  place = located(name)
  known = _loaded.get(place)
  try:
    if not is_path(name):
      found = known or _imported(name)
    else:
      text = Path(place).read_bytes() if text is None else text
      label = label_of(place, text)
      same = known is not None and known.label == label
      found = known if known and same else _executed(place, text, label)
  except OSError as error:
    raise UserError(f"can't read {what} {name}: {error.strerror}") from error
  except UserError:
    raise
  except Exception as error:
    raise UserError(
      f"{what} {name!r} does not import: {type(error).__name__}: {error}"
      + line_of(error, place)
    ) from error
  _loaded[place] = found
  return found


def label_of(path: str, text: bytes) -> str:
  """The label of a file, e.g. mine.py@0b1d6e9a."""
  return f"{Path(path).name}@{_hash(text)}"


def check_unchanged(before: str, now: str) -> None:
  """Raises a UserError if a text has changed between two labels.

  Args:
    before: of tasks or an objective, with the labels of modules in it.
    now: the same, later. Labels that differ otherwise are another matter.
  """
  unhashed = [_LABEL.sub(r"\1\2", label) for label in (before, now)]
  if unhashed[0] != unhashed[1]:
    return
  pairs = zip(_LABEL.findall(before), _LABEL.findall(now), strict=True)
  for (name, _, old_hash), (_, _, new_hash) in pairs:
    if old_hash != new_hash:
      raise UserError(
        f"{name} has changed since the run began; restore it, or give another "
        "--workdir"
      )


def is_path(name: str) -> bool:
  """False for an importable module."""
  return name.endswith(".py") or os.sep in name


def _imported(name: str) -> UserModule:
  module = importlib.import_module(name)
  file = module.__file__
  text = Path(file).read_bytes() if file else b""
  return UserModule(module, f"{name}@{_hash(text)}")


def _executed(path: str, text: bytes, label: str) -> UserModule:
  beside = os.path.dirname(path)
  if beside not in sys.path:
    sys.path.append(beside)
  module = ModuleType(path)  # No file is called like a module of ours.
  module.__file__ = path
  sys.modules[path] = module
  try:
    exec(compile(text, path, "exec"), module.__dict__)
  except BaseException:
    del sys.modules[path]
    raise
  return UserModule(module, label)


def _hash(text: bytes) -> str:
  return hashlib.sha256(text).hexdigest()[:8]


def line_of(error: Exception, path: str) -> str:
  """The line of a file where an error arose; empty if it is elsewhere."""
  lines = [
    frame.lineno
    for frame in traceback.extract_tb(error.__traceback__)
    if frame.filename == path
  ]
  return f" (line {lines[-1]})" if lines else ""
