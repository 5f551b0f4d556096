"""dm-clrs without TensorFlow, which only its data sets need.

Its __init__ imports them, and TensorFlow with them: four seconds, and not there
on every machine that trains.
"""

import importlib
import sys
from types import ModuleType

# What imports TensorFlow, and TensorFlow itself for one `isinstance`.
_LEFT_OUT = ("clrs._src.clrs_text", "clrs._src.dataset", "tensorflow")


class _StandIn(ModuleType):
  """Has any name that is imported from it; none of them is of use."""

  def __getattr__(self, name: str) -> type:
    if name.startswith("__"):
      raise AttributeError(name)
    return type(name, (), {})


def import_clrs() -> None:
  """Imports clrs; what is left out can still be imported by its own name.

  Where TensorFlow is loaded already, it is an ordinary import.
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
