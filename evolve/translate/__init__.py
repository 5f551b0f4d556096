"""Checked programs as modules of other libraries, and as formulas.

A search finds programs of the candidate language, which only our loader runs.
`export` rewrites one as a plain Python module for JAX, NumPy or PyTorch;
`formula` gives it in mathematical notation. Neither runs anything of it.
"""

from evolve.translate.exports.library import Library, TranslationError
from evolve.translate.exports.module import LIBRARIES, export
from evolve.translate.formulas.formula import Formula, formula
from evolve.translate.formulas.functions import NoFormulaError

__all__ = [
  "LIBRARIES",
  "Formula",
  "Library",
  "NoFormulaError",
  "TranslationError",
  "export",
  "formula",
]
