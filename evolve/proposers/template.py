"""Programs that differ in some of their numbers only."""

import dataclasses
import re
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Template:
  """A program but for the values of some numbers.

  Attributes:
    parts: its text, before, between and after the numbers.
  """

  parts: tuple[str, ...]

  def source(self, numbers: Iterable[float]) -> str:
    """The program with these numbers."""
    texts = [*map(repr, map(float, numbers)), ""]
    return "".join(
      part + text for part, text in zip(self.parts, texts, strict=True)
    )

  def numbers(self, source: str) -> tuple[float, ...]:
    """The numbers of a program, the inverse of `source`.

    Raises:
      ValueError: it is a program of another template.
    """
    pattern = "(.*)".join(map(re.escape, self.parts))
    found = re.fullmatch(pattern, source)
    if found is None:
      raise ValueError(f"not a program of the template: {source}")
    return tuple(map(float, found.groups()))
