"""dm-clrs imported without TensorFlow, which only its data sets need.

The package imports them, and with them TensorFlow, which takes four seconds and
is not installed on every machine that trains.
"""

import importlib
import sys
from types import ModuleType

# Modules that import TensorFlow, and TensorFlow itself for one `isinstance`.
_LEFT_OUT = ("clrs._src.clrs_text", "clrs._src.dataset", "tensorflow")


class _StandIn(ModuleType):
  """A module from which any name can be imported, as an empty class."""

  def __getattr__(self, name: str) -> type:
    if name.startswith("__"):
      raise AttributeError(name)
    return type(name, (), {})


def import_clrs() -> None:
  """Imports clrs; modules that are left out can still be imported by name.

  If TensorFlow has been imported already, nothing is left out.
  """
  left_out = [name for name in _LEFT_OUT if name not in sys.modules]
  if "tensorflow" not in left_out:
    left_out = []
  sys.modules.update({name: _StandIn(name) for name in left_out})
  try:
    importlib.import_module("clrs")
  finally:
    for name in left_out:
      del sys.modules[name]
