"""The packages of the extra `surrogate`, where they are missing."""

from harness.core.errors import UserError


def missing(error: ImportError) -> UserError:
  """The error for a package that can't be imported."""
  return UserError(
    f"can't import {error.name or 'a package'} ({error}); install what is "
    "missing with: pip install 'actmine[surrogate]'"
  )
