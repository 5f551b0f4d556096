"""Changes of a text at the places of its syntax tree, all made at once.

What no change touches, comments and line breaks included, stays as it is.
"""

import ast
import itertools
import re
from collections import defaultdict


class Edits:
  """Changes of one text; those of outer nodes have to be noted first.

  Places are offsets into the text as bytes, as those of syntax trees are.
  """

  def __init__(self, text: str):
    """Takes a text whose lines end in line feeds."""
    self._text = text.encode()
    lengths = (len(line) + 1 for line in self._text.split(b"\n"))
    self._lines = [0, *itertools.accumulate(lengths)]
    self._before: dict[int, str] = defaultdict(str)
    self._after: dict[int, str] = defaultdict(str)
    self._spans: dict[int, tuple[int, str]] = {}

  def start(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
    """Where a node starts; brackets around it are not part of it."""
    return self._lines[node.lineno - 1] + node.col_offset

  def end(self, node: ast.expr | ast.stmt | ast.arg | ast.keyword) -> int:
    """Where what follows a node starts."""
    assert node.end_lineno is not None and node.end_col_offset is not None
    return self._lines[node.end_lineno - 1] + node.end_col_offset

  def text(self, start: int, end: int) -> str:
    """The text between two places, as it was."""
    return self._text[start:end].decode()

  def find(self, pattern: str, start: int) -> tuple[int, int]:
    """Where a pattern that has to be there first matches."""
    match = re.compile(pattern.encode()).search(self._text, start)
    assert match, pattern
    return match.span()

  def replace(self, start: int, end: int, new: str) -> None:
    """Puts `new` in the place of a span; the later of two changes holds."""
    self._spans[start] = end, new

  def wrap(self, node: ast.expr, before: str, after: str) -> None:
    """Puts text around a node."""
    self._before[self.start(node)] += before
    self._after[self.end(node)] = after + self._after[self.end(node)]

  def drop(self, node: ast.stmt, alone: bool) -> None:
    """Takes a statement out.

    Args:
      node: which one.
      alone: whether nothing would be left where a statement has to be.
    """
    start, end = self.start(node), self.end(node)
    line = self._lines[node.lineno - 1]
    _, line_end = self.find(r"[ \t]*(#.*)?(\n|\Z)|", end)
    if alone or self._text[line:start].strip() or line_end == end:
      self.replace(start, end, "pass")  # Or it shares its line with others.
    else:
      self.replace(line, line_end, "")

  def result(self) -> str:
    """The text with all changes made."""
    parts: list[bytes] = []
    done = 0
    for place in sorted({*self._before, *self._after, *self._spans}):
      if place < done:
        continue  # Inside of what is replaced as a whole.
      parts.append(self._text[done:place])
      done = place
      parts.append((self._after[place] + self._before[place]).encode())
      if place in self._spans:
        done, new = self._spans[place]
        parts.append(new.encode())
    return b"".join([*parts, self._text[done:]]).decode()
