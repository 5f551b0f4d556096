"""Errors that a user can cause, with the nearest valid names for a typo."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
  """A mistake in one line, with the way out; entry points print it, exit 1."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
  """The error for a name that is not among the known ones."""
  known = sorted(known)
  near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[:5]
  listed = ", ".join(near) if near else "none"
  return UserError(f"unknown {kind} {name!r}; nearest: {listed}")
