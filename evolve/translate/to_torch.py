"""Programs as modules of PyTorch."""

from evolve.translate.exports.module import export
from evolve.translate.libraries.torch_names import TORCH


def to_torch(source: str, name: str) -> str:
  """The text of a module that computes the same with PyTorch.

  Args:
    source: a program of the language.
    name: of the activation, for the docstring.

  Returns:
    A Python module whose function `activation` is the program's.

  Raises:
    LanguageError: if the program is not of the language.
    TranslationError: if something of it has no counterpart.
  """
  return export(source, name, TORCH)
