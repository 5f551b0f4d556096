"""Text of others in a prompt: programs, failures and answers.

It is not trusted: it is bounded, put into quotations that it cannot end, and
freed of words that a search must not know.
"""

import ast
import contextlib
import re
import unicodedata

from evolve import language
from evolve.program import Strip

_MAX_SOURCE, _MAX_LINE = 6_000, 1_000  # Characters.
# The names of what validates a search, or it could aim at that.
_BETWEEN = r"[\s_\-\u2010-\u2015\u2212]*"
_SECRETS = re.compile(
  "|".join(map(_BETWEEN.join, ("heldout", "clrs", "imagenet", "molhiv"))),
  re.IGNORECASE,
)


def program(source: str) -> str:
  """A fenced block of what computes in a source: no docstring, no comment.

  Text that is not Python is shown as it is.
  """
  with contextlib.suppress(language.LanguageError):
    tree = Strip().visit(language.read(source))
    source = ast.unparse(ast.fix_missing_locations(tree))
  code = bounded(source, _MAX_SOURCE)
  # Longer than any fence inside.
  fence = "`" * max(3, 1 + max(map(len, re.findall("`*", code))))
  return f"{fence}python\n{code}\n{fence}"


def line(text: str) -> str:
  """A quotation of one line."""
  return "> " + bounded(" ".join(text.split()), _MAX_LINE)


def bounded(text: str, limit: int) -> str:
  """Neutral text of at most `limit` characters."""
  text, mark = neutral(text).strip(), " [cut]"
  return text if len(text) <= limit else text[: limit - len(mark)] + mark


def neutral(text: str) -> str:
  """Text without secrets, nor characters by which they could hide."""
  lines = unicodedata.normalize("NFKC", text).expandtabs(2).splitlines()
  shown = ["".join(filter(str.isprintable, line)) for line in lines]
  return _SECRETS.sub("other", "\n".join(shown))
