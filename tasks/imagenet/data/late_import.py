"""Late imports of modules that need TensorFlow or scikit-learn.

Importing those packages takes seconds, so it waits until they are needed.
"""

import importlib
import os
from types import ModuleType

from harness.core import extras
from tasks.quiet import stderr_discarded


def late_import(name: str) -> ModuleType:
  """Imports a module of this package that needs one of those packages.

  Raises:
    UserError: a package can't be imported.
  """
  os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
  try:
    with stderr_discarded():
      return importlib.import_module(f"{__package__}.{name}")
  except ImportError as error:
    raise extras.missing("imagenet", error) from error
