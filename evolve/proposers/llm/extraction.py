"""Finds the program in what a language model answers."""

import ast
import itertools
import re
import symtable
from typing import NamedTuple

from evolve import language
from evolve.language import rules
from evolve.language.syntax import as_language_error

# Bounds of the work, which no honest answer comes near.
_MAX_CHARACTERS = 64 * 1024
_MAX_RUNS = 100
_MAX_PARSES_OF_RUN = 8

_NAME = rules.ENTRY_NAMES[0]
_DEF = r"^(?:async[ \t]+)?def[ \t]+"
# An entry function, with all the lines below that can be its own.
_ENTRY = re.compile(
  rf"{_DEF}(?:{'|'.join(rules.ENTRY_NAMES)})\b.*(?:\n(?:[ \t)\]}}#].*)?)*", re.M
)
_FUNCTION = re.compile(rf"{_DEF}(\w+)", re.M)
_START = re.compile(
  rf"{_DEF}\w|^import[ \t]+\w|^from[ \t]+[\w.]+[ \t]+import\b|^@\w"
  r"|^[A-Za-z_][\w, \t]*(?::[^=\n]*)?=(?!=)"
)
# Indentation, a fence, that of the first line, the contents, and the end if it
# comes before a new block.
_BLOCK = re.compile(
  r"(?m)^([ \t]*)(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[^`\n]*$"
  r"(?=\s*\n([ \t]*)|)((?s:.*?))"
  r"(?:(\n\1?[ \t]{0,3}\2[`~]*[ \t]*$)|(?=\n\1\2[ \t]*\w)|\Z)"
)
_TAG = re.compile(r"[<\[](/?)(?:think(?:ing)?|thought|reasoning|THINK)[>\]]")
_DEFINITION = (
  *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import),
  *(ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign),
)


class NoProgramError(ValueError):
  """An answer without a program, told so that its writer can mend it."""


class _Statement(NamedTuple):
  """A statement at the top level, with the comments above it."""

  text: str
  is_entry: bool
  binds: set[str]
  uses: set[str]


def extract(answer: str) -> str:
  """Returns the source of the program in an answer; the language may reject it.

  It is the last fenced block with an entry function that parses, or else the
  last with one; without such a block, the same of the code among the prose.
  What it uses but does not define is taken from the blocks above. What follows
  the entry and is of no use to it, such as an example, is dropped. Thinking
  does not count, nor does what comes after 64 Ki characters.

  Raises:
    NoProgramError: if no entry function is found; no text raises anything else.
  """
  text = _clean(answer)
  fenced = _blocks(text)
  is_fenced = any(map(_ENTRY.search, fenced))
  blocks = fenced if is_fenced else _code_among_prose(text)
  parsed = [_statements(block) for block in blocks]
  for i, program in reversed(list(enumerate(parsed))):
    if any(statement.is_entry for statement in program):
      return _assemble([*itertools.chain(*parsed[:i])], program)
  for block, program in reversed(list(zip(blocks, parsed, strict=True))):
    if not program and _ENTRY.search(block):
      return block.strip("\n") + "\n"
  raise NoProgramError(_complaint(fenced, text))


def _clean(answer: str) -> str:
  """The answer without its thinking, bounded, as text that can be encoded."""
  pieces = _TAG.split(answer)
  kept, thinks = pieces[:1], False
  for slash, piece in zip(pieces[1::2], pieces[2::2], strict=True):
    if slash:  # Without an opening tag, all so far was thinking.
      kept = kept if thinks else []
      kept.append(piece)
    thinks = not slash
  text = "".join(kept).removeprefix("\ufeff").replace("\0", "\ufffd")
  text = text.replace("\r\n", "\n").replace("\r", "\n")
  if len(text) > _MAX_CHARACTERS:  # No part of a function may pass for it.
    whole = re.match(r"(?s:.*)\n(?=\S)", text[:_MAX_CHARACTERS])
    text = whole[0] if whole else ""
  return text.encode(errors="replace").decode()


def _blocks(text: str) -> list[str]:
  """The contents of fenced blocks; of a doubtful one, the code in it."""
  blocks = []
  for _, _, margin, content, end in _BLOCK.findall(text):
    block = re.sub(rf"(?m)^[ \t]{{0,{len(margin)}}}", "", content[1:])
    doubtful = not end or _BLOCK.search(block)
    blocks += _code_among_prose(block) if doubtful else [block]
  return blocks


def _code_among_prose(text: str) -> list[str]:
  """The runs of lines that are code; if no entry parses, only its text."""
  lines, runs, end = text.split("\n"), list[str](), 0
  starts = [i for i, line in enumerate(lines) if _START.match(line)]
  for start in starts[-_MAX_RUNS:]:
    if start >= end:
      end = _end_of_code(lines, start)
      runs.append("\n".join(lines[start:end]))
  if any(map(_ENTRY.search, runs)):
    return runs
  return _ENTRY.findall(text) or runs


def _end_of_code(lines: list[str], start: int) -> int:
  """The line at which the whole statements that begin at `start` end."""
  sizes = itertools.accumulate(len(line) + 1 for line in lines[start:])
  end = start + sum(size <= rules.MAX_CHARACTERS for size in sizes)
  for _ in range(_MAX_PARSES_OF_RUN):
    while start < end < len(lines) and lines[end][:1] in " \t#":
      end -= 1
    try:
      language.parse("\n".join(lines[start:end]))
      return end
    except language.LanguageError as error:
      end = min(start + error.line, end) - 1
  return start


def _statements(source: str) -> list[_Statement]:
  """The statements of a program, none if it does not parse."""
  lines, end, statements = source.split("\n"), 0, list[_Statement]()
  try:
    for node in language.parse(source).body:
      start, end = end, node.end_lineno or end
      text = "\n".join(lines[start:end])
      binds, uses = _names(text)
      is_entry = getattr(node, "name", None) in rules.ENTRY_NAMES
      binds = binds if isinstance(node, _DEFINITION) else set()
      statements.append(_Statement(text, is_entry, binds, uses))
  except language.LanguageError:
    return []
  return statements


def _names(source: str) -> tuple[set[str], set[str]]:
  """The names that statements bind and use, those inside functions aside."""
  with as_language_error():
    tables = [symtable.symtable(source, "<answer>", "exec")]
  symbols = tables[0].get_symbols()
  binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
  uses = set()
  for table in tables:
    tables += table.get_children()
    uses |= {s.get_name() for s in table.get_symbols() if s.is_global()}
  return binds, uses


def _assemble(above: list[_Statement], program: list[_Statement]) -> str:
  """The program up to its entry, with what that needs of all the rest."""
  statements, first = above + program, len(above)
  own = set(rules.ENTRY_NAMES).union(*(s.binds for s in program))
  sources = {name: {i} for i, s in enumerate(above) for name in s.binds - own}
  for i, statement in enumerate(program, first):
    for name in statement.binds:
      sources.setdefault(name, set()).add(i)
  last = max(i for i, s in enumerate(program, first) if s.is_entry)
  entries = (sources.get(name, set()) for name in rules.ENTRY_NAMES)
  queue = [*set(range(first, last + 1)).union(*entries)]
  kept = set(queue)
  for i in queue:
    for name in statements[i].uses:
      new = sources.get(name, set()) - kept
      queue += new
      kept |= new
  texts = [statements[i].text for i in sorted(kept)]
  return "\n".join(texts).strip("\n") + "\n"


def _complaint(fenced: list[str], text: str) -> str:
  """What is wrong with an answer without an entry, and the way out."""
  found = _FUNCTION.findall("\n".join(fenced)) or _FUNCTION.findall(text)
  others = [name for name in found if name not in rules.ENTRY_NAMES]
  names = [f"`{name:.40}`" for name in dict.fromkeys(others)]
  if not names:
    return f"found no function; write one in Python, `def {_NAME}(x):`"
  some = ", ".join(names[:4])
  if len(names) > 1:
    return f"found functions {some}, but one must be called `{_NAME}`"
  return f"found function {some}, but the function must be called `{_NAME}`"
