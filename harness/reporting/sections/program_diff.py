"""Changes from a program to its child, token by token."""

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
  """A piece of a program, and its place."""

  text: str
  start: Place
  end: Place


class _Remark(NamedTuple):
  """A docstring or an annotation, which computes nothing."""

  start: Place
  end: Place
  is_annotation: bool


def diff(title: str, source: str, parent: str | None = None) -> Code:
  """A program, with its new parts against the parent marked.

  Layout, comments, docstrings and annotations change no program, so they are
  neither new nor removed.

  Args:
    title: of the program.
    source: its text, which need not be Python.
    parent: text to compare with; nothing is marked without one.
  """
  lines = source.rstrip().splitlines()
  if parent is None:
    return Code(title, [[(line, False)] for line in lines])
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
  """Tokens of a program; words and signs of a text that is no Python."""
  try:
    return _code(_python(lines), _remarks(lines))
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


def _code(tokens: Sequence[_Token], remarks: Sequence[_Remark]) -> list[_Token]:
  """The tokens without docstrings and annotations."""
  code: list[_Token] = []
  for token in tokens:
    remark = next((k for k in remarks if k.start <= token.start < k.end), None)
    if remark is None:
      code.append(token)
    elif remark.is_annotation and remark.start == token.start:
      code.pop()  # The colon or arrow before it.
  return code


def _remarks(lines: Sequence[str]) -> list[_Remark]:
  """Docstrings and annotations."""

  def place(line: int, column: int) -> Place:
    """Python counts bytes, and lines from 1."""
    before = lines[line - 1].encode()[:column]
    return line - 1, len(before.decode())

  found = []
  for node in ast.walk(ast.parse("\n".join(lines))):
    match node:
      case (
        ast.Expr(value=ast.Constant(value=str()) as remark)
        | ast.arg(annotation=ast.expr() as remark)
        | ast.AnnAssign(annotation=ast.expr() as remark)
        | ast.FunctionDef(returns=ast.expr() as remark)
      ):
        assert remark.end_lineno and remark.end_col_offset is not None
        start = place(remark.lineno, remark.col_offset)
        end = place(remark.end_lineno, remark.end_col_offset)
        found.append(_Remark(start, end, not isinstance(node, ast.Expr)))
  return found


def _by_line(tokens: Sequence[_Token]) -> dict[int, list[str]]:
  """The tokens of each line that has any, as text."""
  lines: dict[int, list[str]] = {}
  for token in tokens:
    lines.setdefault(token.start[0], []).append(token.text)
  return lines


def _new_spans(
  ours: Sequence[_Token], theirs: Sequence[_Token]
) -> Iterator[tuple[Place, Place]]:
  """The start and end of each new part of our text; in order."""
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
  return [part for part in parts if part[0]]
