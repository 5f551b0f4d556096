"""The candidate language: what a program may say, and how it is loaded.

A candidate is untrusted text. `check` parses it and admits only what the
tables in `rules` name; `load` then makes a callable of it. What a program does
once it is called is for the worker to contain.
"""

from evolve.language.checker import check
from evolve.language.errors import LanguageError
from evolve.language.loader import compile_unchecked, load
from evolve.language.syntax import parse

__all__ = ["LanguageError", "check", "compile_unchecked", "load", "parse"]
