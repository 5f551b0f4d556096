"""Activations that searches found, each a file whose stem is its name.

A file is a module and a program of the language, as a search's best.py is. The
docstring of its function begins with the formula, and says which run it comes
from and what is not known of it.
"""

import importlib
import pkgutil
from types import ModuleType


def modules() -> dict[str, ModuleType]:
  """The modules by their names, in alphabetical order."""
  names = sorted(found.name for found in pkgutil.iter_modules(__path__))
  return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
