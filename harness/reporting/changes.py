"""What changed from a program to its child, token by token."""

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.reporting.document import Code, Line

_NO_CODE = {
  tokenize.COMMENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.INDENT,
  tokenize.NEWLINE, tokenize.NL,
}  # fmt: skip

# Line and column, both from 0.
Place = tuple[int, int]


class _Token(NamedTuple):
  """A piece of a program, and where it is."""

  text: str
  start: Place
  end: Place


class _Look(NamedTuple):
  """A docstring or an annotation: where it begins and ends."""

  start: Place
  end: Place
  is_annotation: bool


def compare(title: str, source: str, parent: str | None = None) -> Code:
  """A program, with what is new against its parent marked.

  Layout, comments, docstrings and annotations change no program, so they are
  neither new nor removed.

  Args:
    title: what it is.
    source: any text.
    parent: text to compare with; nothing is marked without one.
  """
  lines = source.rstrip().splitlines()
  if parent is None:
    return Code(title, [Line([(line, False)]) for line in lines])
  old_lines = parent.splitlines()
  ours, theirs = _tokens(lines), _tokens(old_lines)
  spans = list(_new_spans(ours, theirs))
  kept = _by_line(ours).values()
  return Code(
    title,
    [_marked(line, number, spans) for number, line in enumerate(lines)],
    [
      old_lines[number]
      for number, words in _by_line(theirs).items()
      if words not in kept
    ],
  )


def _tokens(lines: Sequence[str]) -> list[_Token]:
  """The code of a program; words and signs of a text that is no Python."""
  try:
    return _code(_python(lines), _looks(lines))
  except (SyntaxError, ValueError, tokenize.TokenError):
    return [
      _Token(match.group(), (number, match.start()), (number, match.end()))
      for number, line in enumerate(lines)
      for match in re.finditer(r"\w+|[^\w\s]", line)
    ]


def _python(lines: Sequence[str]) -> list[_Token]:
  readline = io.StringIO("\n".join(lines)).readline
  return [
    _Token(t.string, (t.start[0] - 1, t.start[1]), (t.end[0] - 1, t.end[1]))
    for t in tokenize.generate_tokens(readline)
    if t.type not in _NO_CODE
  ]


def _code(tokens: Sequence[_Token], looks: Sequence[_Look]) -> list[_Token]:
  """The tokens without docstrings and annotations."""
  code: list[_Token] = []
  for token in tokens:
    look = next((k for k in looks if k.start <= token.start < k.end), None)
    if look is None:
      code.append(token)
    elif look.is_annotation and look.start == token.start:
      code.pop()  # The colon or arrow before it.
  return code


def _looks(lines: Sequence[str]) -> list[_Look]:
  """Docstrings and annotations."""

  def place(line: int, column: int) -> Place:
    """Python counts bytes, and lines from 1."""
    before = lines[line - 1].encode()[:column]
    return line - 1, len(before.decode())

  found = []
  for node in ast.walk(ast.parse("\n".join(lines))):
    match node:
      case (
        ast.Expr(value=ast.Constant(value=str()) as look)
        | ast.arg(annotation=ast.expr() as look)
        | ast.AnnAssign(annotation=ast.expr() as look)
        | ast.FunctionDef(returns=ast.expr() as look)
      ):
        assert look.end_lineno and look.end_col_offset is not None
        start = place(look.lineno, look.col_offset)
        end = place(look.end_lineno, look.end_col_offset)
        found.append(_Look(start, end, not isinstance(node, ast.Expr)))
  return found


def _by_line(tokens: Sequence[_Token]) -> dict[int, list[str]]:
  """The words of each line that has any."""
  lines: dict[int, list[str]] = {}
  for token in tokens:
    lines.setdefault(token.start[0], []).append(token.text)
  return lines


def _new_spans(
  ours: Sequence[_Token], theirs: Sequence[_Token]
) -> Iterator[tuple[Place, Place]]:
  """From where to where our text is new; in order."""
  matcher = difflib.SequenceMatcher(
    None, [t.text for t in theirs], [t.text for t in ours], autojunk=False
  )
  for kind, _, _, first, end in matcher.get_opcodes():
    if kind in ("insert", "replace"):
      yield ours[first].start, ours[end - 1].end


def _marked(
  line: str, number: int, spans: Sequence[tuple[Place, Place]]
) -> Line:
  indent, length = len(line) - len(line.lstrip()), len(line)
  parts: list[tuple[str, bool]] = []
  done = 0
  for start, end in spans:
    if not start[0] <= number <= end[0]:
      continue
    first = start[1] if start[0] == number else indent
    last = end[1] if end[0] == number else length
    parts += [(line[done:first], False), (line[first:last], True)]
    done = last
  parts.append((line[done:], False))
  return Line([part for part in parts if part[0]])
