"""Activation functions that generalise, from Python.

  import harness
  harness.evaluate([jax.nn.gelu, my_function, "gelusine", "best.py"])

Each name is imported when it is first used, as JAX takes seconds.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
  from harness.api.evaluation import evaluate as evaluate
  from harness.api.listing import list_activations as list_activations
  from harness.api.listing import list_tasks as list_tasks
  from harness.api.loading import load as load
  from harness.core.errors import UserError as UserError

# None is the name of an entry point, whose import would replace it.
_MODULES = {
  "UserError": "harness.core.errors",
  "evaluate": "harness.api.evaluation",
  "list_activations": "harness.api.listing",
  "list_tasks": "harness.api.listing",
  "load": "harness.api.loading",
}


def __getattr__(name: str) -> Any:
  if name not in _MODULES:
    raise AttributeError(f"module 'harness' has no attribute {name!r}")
  return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
  return sorted([*globals(), *_MODULES])
