"""Takes programs out of here: as modules of other libraries, and as formulas.

What a search finds is a program of the candidate language, which only our
loader runs. `to_jax`, `to_numpy` and `to_torch` turn it into the text of a
plain Python module that runs anywhere, with the statements, names and comments
of the program; `formula` turns it into mathematical notation. None of them
runs anything of the program.
"""

from evolve.translate.errors import TranslationError
from evolve.translate.formula import Formula, formula
from evolve.translate.to_jax import to_jax
from evolve.translate.to_numpy import to_numpy
from evolve.translate.to_torch import to_torch

__all__ = [
  "Formula",
  "TranslationError",
  "formula",
  "to_jax",
  "to_numpy",
  "to_torch",
]
