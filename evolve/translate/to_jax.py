"""Programs as modules of JAX."""

from evolve.translate.exports.module import export
from evolve.translate.libraries.jax_names import JAX


def to_jax(source: str, name: str) -> str:
  """The text of a module that computes the same with JAX.

  Args:
    source: a program of the language.
    name: of the activation, for the docstring.

  Returns:
    A Python module whose function `activation` is the program's.

  Raises:
    LanguageError: if the program is not of the language.
    TranslationError: if something of it has no counterpart.
  """
  return export(source, name, JAX)
