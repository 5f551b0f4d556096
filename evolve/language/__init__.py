"""The candidate language: its rules, and the loading of programs.

A candidate is untrusted text. `read` parses it and drops what changes no value,
`check` then admits only what the tables in `rules` name, and `load` makes a
callable of it. A worker confines the calls of it.
"""

from evolve.language.checker import check
from evolve.language.errors import LanguageError
from evolve.language.loader import compile_unchecked, load
from evolve.language.syntax import parse
from evolve.language.trimming import read

__all__ = [
  "LanguageError",
  "check",
  "compile_unchecked",
  "load",
  "parse",
  "read",
]
