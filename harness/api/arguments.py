"""Arguments that are one name or several."""

from collections.abc import Iterable


def listed(names: str | Iterable[str]) -> tuple[str, ...]:
  """The names; a string is one name."""
  return (names,) if isinstance(names, str) else tuple(names)
