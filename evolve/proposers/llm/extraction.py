"""The program in the answer of a language model."""

import contextlib
import itertools
import json
import re
import symtable
from collections.abc import Iterator
from typing import NamedTuple

from evolve import language
from evolve.language import rules
from evolve.language.syntax import as_language_error

# Bounds of the work, which no honest answer comes near.
_MAX_CHARACTERS = 64 * 1024
_MAX_STATEMENTS = 200

_TAG = re.compile(
  r"[<\[\u25c1](/?)(?:think(?:ing)?|thought|reasoning|THINK)[>\]\u25b7]"
)
# Harmony, the chat format of gpt-oss: thoughts, and the marks between messages,
# which other formats have, too.
_ANALYSIS = re.compile(
  r"<\|channel\|>\s*(?:analysis|commentary)\b.*?(?=<\|(?:end|start)\|>|\Z)",
  re.S,
)
_OBJECT = re.compile(r'\{\s*"')  # The beginning of one in JSON.
_MARK = re.compile(r"<\|\w+\|>")
_NAME = rules.ENTRY_NAMES[0]
# Its indentation, the mark of a list, three characters or more, and its tag.
_FENCE = re.compile(
  r"([ \t]*)(?:(?:[-*+]|\d+[.)])[ \t]+)?(?:`{3,}|~{3,})[ \t]*([^`]*)"
)
_DEF = r"(?:async[ \t]+)?def[ \t]+"
_FUNCTION = re.compile(rf"^{_DEF}(\w+)", re.M)
_ENTRY = re.compile(rf"^{_DEF}(?:{'|'.join(rules.ENTRY_NAMES)})\b", re.M)
# A function, import or assignment at the margin, with all the lines below that
# can be its own: indented or empty ones, comments and closing brackets.
_STATEMENT = re.compile(
  rf"^(?:(?:@.*\n){{0,9}}{_DEF}\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b"
  r"|[A-Za-z_][\w, \t]*(?::[^=\n]*)?=(?!=)).*(?:\n(?:[ \t)\]}#].*)?)*",
  re.M,
)


class NoProgramError(ValueError):
  """An answer without a program, in words by which its writer can mend it."""


class _Statement(NamedTuple):
  """A statement at the top level, with the comments above it.

  Attributes:
    defines: the name of a function or class; empty for other statements.
    binds: the names that it binds, that one included.
    uses: the global names that it reads.
  """

  text: str
  defines: str
  binds: set[str]
  uses: set[str]


def extract(answer: str) -> str:
  """Returns the source of the program in an answer; the language may reject it.

  The entry function is taken from fenced blocks, or from the prose if none has
  one: the last that parses, or else the last. The program is that function with
  all that it needs of its block and of the blocks above. Of an answer in JSON,
  only the last text with an entry function counts. Thoughts do not count, nor
  does what comes after 64 Ki characters.

  Raises:
    NoProgramError: if no entry function is found; no text raises anything else.
  """
  text = _out_of_json(_bounded(spoken(answer)))
  fenced, everything = _blocks(text)
  blocks = fenced if any(map(_ENTRY.search, fenced)) else everything
  parsed = [_statements(block) for block in blocks]
  for end in range(len(parsed), 0, -1):
    names = [s.defines for s in parsed[end - 1]]
    if entries := [name for name in names if name in rules.ENTRY_NAMES]:
      return _assemble(entries[-1], [*itertools.chain(*parsed[:end])])
  for block in reversed(blocks):
    for source in filter(_ENTRY.search, reversed(_STATEMENT.findall(block))):
      return str(source).strip("\n") + "\n"
  raise NoProgramError(_complaint(everything))


def spoken(answer: str) -> str:
  """An answer without the thoughts in it, and without marks of chat formats."""
  answer = _MARK.sub("\n", _ANALYSIS.sub("", answer))
  pieces = _TAG.split(answer)
  kept, thinks = pieces[:1], False
  for slash, piece in zip(pieces[1::2], pieces[2::2], strict=True):
    if slash:  # Without an opening tag, all so far was thinking.
      kept = [*(kept if thinks else ()), piece]
    thinks = not slash
  return "".join(kept)


def _bounded(text: str) -> str:
  """Text that can be parsed and encoded, without its far end."""
  text = text.removeprefix("\ufeff").replace("\0", "\ufffd")
  text = text.replace("\r\n", "\n").replace("\r", "\n")
  if len(text) > _MAX_CHARACTERS:  # No part of a function may pass for it.
    whole = re.match(r"(?s:.*)\n(?=\S)", text[:_MAX_CHARACTERS])
    text = whole[0] if whole else ""
  return text.encode(errors="replace").decode()


def _out_of_json(text: str) -> str:
  """The last text with an entry function in JSON; `text` if there is none."""
  if start := _OBJECT.search(text):
    # Small models leave line ends in strings.
    decoder = json.JSONDecoder(strict=False)
    with contextlib.suppress(ValueError, RecursionError):
      value, _ = decoder.raw_decode(text, start.start())
      programs = [t for t in _texts(value) if _ENTRY.search(t)]
      return (programs or [text])[-1]
  return text


def _texts(value: object) -> Iterator[str]:
  if isinstance(value, str):
    yield value
  elif isinstance(value, list | dict):
    for part in value.values() if isinstance(value, dict) else value:
      yield from _texts(part)


def _blocks(text: str) -> tuple[list[str], list[str]]:
  """The fenced blocks of a text, and the same with the prose between them."""
  blocks, indentation = [(False, list[str]())], 0
  for line in text.split("\n"):
    is_fenced, lines = blocks[-1]
    fence = _FENCE.fullmatch(line)
    if fence and not (is_fenced and len(fence[1]) > indentation + 3):
      indentation = len(fence[1])
      blocks.append((bool(fence[2]) or not is_fenced, []))  # A tag opens one.
    else:
      lines.append(line)
  texts = [(f, _dedented(b) if f else "\n".join(b)) for f, b in blocks]
  return [text for is_fenced, text in texts if is_fenced], [t for _, t in texts]


def _dedented(lines: list[str]) -> str:
  first = next(filter(str.strip, lines), "")
  margin = len(first) - len(first.lstrip(" \t"))
  return re.sub(rf"(?m)^[ \t]{{0,{margin}}}", "", "\n".join(lines))


def _statements(block: str) -> list[_Statement]:
  """The statements of a block, or those that parse if it has flaws or prose."""
  with contextlib.suppress(language.LanguageError):
    return _parsed(block)
  statements = []
  for source in _STATEMENT.findall(block)[-_MAX_STATEMENTS:]:
    with contextlib.suppress(language.LanguageError):
      statements += _parsed(source)
  return statements


def _parsed(source: str) -> list[_Statement]:
  lines, end, statements = source.split("\n"), 0, []
  for node in language.parse(source).body:
    start, end = end, node.end_lineno or end
    text = "\n".join(lines[start:end])
    name = getattr(node, "name", "")
    statements.append(_Statement(text, name, *_names(text)))
  return statements


def _names(source: str) -> tuple[set[str], set[str]]:
  """The names that statements bind, and those that they use."""
  with as_language_error():
    tables = [symtable.symtable(source, "<answer>", "exec")]
  symbols = tables[0].get_symbols()
  binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
  uses = set()
  for table in tables:
    tables += table.get_children()
    uses |= {s.get_name() for s in table.get_symbols() if s.is_global()}
  return binds, uses


def _assemble(entry: str, statements: list[_Statement]) -> str:
  """The entry function and all that it needs of the statements, in order."""
  binding = dict[str, list[int]]()  # A function replaces what came before.
  for index, statement in enumerate(statements):
    for name in statement.binds:
      before = [] if name == statement.defines else binding.get(name, [])
      binding[name] = [*before, index]
  kept, names = set[int](), [entry]
  for name in names:
    for index in set(binding.get(name, ())) - kept:
      kept.add(index)
      names += statements[index].uses
  texts = [statements[index].text for index in sorted(kept)]
  return "\n".join(texts).strip("\n") + "\n"


def _complaint(blocks: list[str]) -> str:
  """The sentence about an answer without an entry function."""
  found = dict.fromkeys(_FUNCTION.findall("\n".join(blocks)))
  names = [f"`{name:.40}`" for name in found if name not in rules.ENTRY_NAMES]
  if not names:
    return f"found no function; write one in Python, `def {_NAME}(x):`"
  if len(names) > 1:
    some = ", ".join(names[:4])
    return f"found functions {some}, but one must be called `{_NAME}`"
  return f"found function {names[0]}, but the function must be called `{_NAME}`"
