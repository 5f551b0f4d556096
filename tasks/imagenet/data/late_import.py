"""Late imports of modules that need TensorFlow or scikit-learn.

Importing those packages takes seconds, so it waits until they are needed.
"""

import importlib
import os
from types import ModuleType

from harness.core.errors import UserError
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
    raise missing(error) from error


def missing(error: ImportError) -> UserError:
  """The error for a package that can't be imported."""
  return UserError(
    f"can't import {error.name or 'a package'} ({error}); install what is "
    "missing with: pip install 'actmine[imagenet]'"
  )
