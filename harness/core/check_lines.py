"""Printed lines of checks."""

from collections.abc import Iterable

from harness.core import console
from harness.core.errors import UserError


class CheckLines:
  """Prints a line for each check, and counts those that failed."""

  def __init__(self) -> None:
    self._count = 0
    self._failed = 0

  def say(self, name: str, rule: str, flaws: Iterable[str]) -> None:
    """Prints whether what has the name keeps a rule, or its flaws."""
    found = "; ".join(flaws)
    self._count += 1
    self._failed += bool(found)
    line = f"FAIL {name}: {rule}: {found}" if found else f"ok   {name}: {rule}"
    console.say(line)

  def end(self) -> None:
    """Prints the number of checks; a UserError if one has failed."""
    if self._failed:
      raise UserError(f"{self._failed} of {self._count} checks failed")
    console.say(f"all {self._count} checks passed")
