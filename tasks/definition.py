"""Definitions of an objective: a name in a file, or an object of Python."""

import ast
import contextlib
import dataclasses
import functools
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.core import user_module
from harness.core.errors import UserError, unknown


@dataclasses.dataclass(frozen=True)
class InFile:
  """A name that a file defines, for any process.

  Attributes:
    path: of the file, absolute.
    name: of the function or object in it.
    text: of the file when the run began, whatever becomes of it.
  """

  path: str
  name: str
  text: bytes

  @classmethod
  def of(cls, given: str) -> "InFile":
    """The definition that file.py:name names.

    Raises:
      UserError: it is not of that form, or the file can't be read.
    """
    path, _, name = given.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
      raise UserError(
        f"no objective {given!r}: give a file and a name in it, as in "
        "objective.py:evaluate"
      )
    try:
      return cls(os.path.abspath(path), name, Path(path).read_bytes())
    except OSError as error:
      raise UserError(
        f"can't read objective {path}: {error.strerror}"
      ) from error

  def __reduce__(self) -> tuple[Any, ...]:
    # What the file defines stays in the process that ran it.
    return type(self), (self.path, self.name, self.text)

  @property
  def place(self) -> str:
    """File and name, for messages."""
    return f"{os.path.basename(self.path)}:{self.name}"

  @property
  def label(self) -> str:
    """File and name with a hash of the text, e.g. mine.py:evaluate@0b1d6e9a."""
    label = user_module.label_of(self.path, self.text)
    return label.replace("@", f":{self.name}@")

  @functools.cached_property
  def value(self) -> Any:
    """The object that the name stands for.

    Raises:
      UserError: the file does not import, or lacks the name.
    """
    module = user_module.load(self.path, "objective", self.text).module
    if not hasattr(module, self.name):
      public = [name for name in vars(module) if not name.startswith("_")]
      raise unknown(f"name in {os.path.basename(self.path)}", self.name, public)
    return getattr(module, self.name)

  def installed_imports(self) -> Iterator[str]:
    """Modules that the file imports, but for a user's own."""
    for node in ast.walk(ast.parse(self.text)):
      if isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module]
      elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
      else:
        continue
      for name in names:
        with contextlib.suppress(ImportError, ValueError):
          spec = importlib.util.find_spec(name.partition(".")[0])
          if spec and "-packages" in (spec.origin or ""):
            yield name


@dataclasses.dataclass(frozen=True)
class InPython:
  """A function or object of the process that it is in.

  Attributes:
    value: the function or object.
  """

  value: Any

  @property
  def name(self) -> str:
    """The name of the function, or of the object's class."""
    found = getattr(self.value, "func", self.value)  # A functools.partial's.
    return str(getattr(found, "__name__", type(found).__name__))

  @property
  def place(self) -> str:
    """The name, or the value where that is plain, for messages."""
    is_plain = not hasattr(self.value, "__dict__")
    return repr(self.value) if is_plain else self.name

  @property
  def label(self) -> str:
    """The object's own, if it has one, else its name."""
    label = getattr(self.value, "suite", None)
    return label if isinstance(label, str) else self.name

  def installed_imports(self) -> Iterator[str]:
    return iter(())


Definition = InFile | InPython
