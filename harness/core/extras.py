"""The packages of an extra, where they are missing."""

from harness.core.errors import UserError


def missing(extra: str, error: ImportError) -> UserError:
  """The error for a package that can't be imported, and the extra to install.

  Args:
    extra: its name in pyproject.toml.
    error: of the import.
  """
  return UserError(
    f"can't import {error.name or 'a package'} ({error}); install what is "
    f"missing with: pip install 'actmine[{extra}]'"
  )
