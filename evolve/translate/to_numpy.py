"""Programs as modules of NumPy."""

from evolve.translate.exports.module import export
from evolve.translate.libraries.numpy_names import NUMPY


def to_numpy(source: str, name: str) -> str:
  """The text of a module that computes the same with NumPy.

  It takes from SciPy what NumPy lacks, such as erf.

  Args:
    source: a program of the language.
    name: of the activation, for the docstring.

  Returns:
    A Python module whose function `activation` is the program's.

  Raises:
    LanguageError: if the program is not of the language.
    TranslationError: if something of it has no counterpart.
  """
  return export(source, name, NUMPY)
