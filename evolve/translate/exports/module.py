"""Puts together the modules that exports consist of."""

import ast
import re
from collections.abc import Iterable

from evolve import language
from evolve.language.syntax import walk
from evolve.program import Program
from evolve.translate.exports.rewriting import rewrite
from evolve.translate.exports.target import Target


def export(source: str, name: str, target: Target) -> str:
  """The text of a module that computes what a program computes.

  Args:
    source: a program of the language.
    name: of the activation, for the docstring.
    target: the library to write for.

  Raises:
    LanguageError: if the program is not of the language.
    TranslationError: if the library has no counterpart for something.
  """
  text = re.sub(r"\r\n?", "\n", source)
  tree = language.check(text)
  body = rewrite(text, tree, target).strip("\n")
  body = re.sub(r"\n{4,}", "\n\n\n", body)
  helpers = _helpers(body, target)
  imports = _imports([*helpers, body], target)
  gap = "\n\n\n" if helpers or body.startswith("def ") else "\n\n"
  head = [_docstring(source, name, tree, target)]
  if imports:
    head.append(imports)
  definitions = [helper + "\n\n" for helper in helpers]
  return "\n\n".join(head) + gap + "\n".join([*definitions, body]) + "\n"


def _docstring(source: str, name: str, tree: ast.Module, target: Target) -> str:
  own = ast.get_docstring(tree)
  lines = [
    f"{name}: an activation function, in {target.title}.",
    f"Written by actmine from the program {Program(source).id}.",
    *([own] if own else []),
  ]
  text = "\n\n".join(lines).replace("\\", r"\\").replace('"""', r"\"\"\"")
  return f'"""{text}\n"""'


def _helpers(body: str, target: Target) -> list[str]:
  """The helpers that a text needs, and those that they need in turn."""
  needed: dict[str, str] = {}
  texts = [body]
  while texts:
    for name in sorted(_names(texts.pop()) & target.helpers.keys()):
      if name not in needed:
        needed[name] = target.helpers[name].text
        texts.append(needed[name])
  return [needed[name] for name in sorted(needed)]


def _imports(texts: Iterable[str], target: Target) -> str:
  used = {name for text in texts for name in _names(text)}
  needed = [line for name, line in target.imports.items() if name in used]
  # The standard library has a paragraph of its own.
  text = "\n".join(needed) + "\n"
  return text.replace("import math\n", "import math\n\n").strip()


def _names(text: str) -> set[str]:
  return {n.id for n in walk(ast.parse(text)) if isinstance(n, ast.Name)}
