"""Exported modules, run."""

from evolve.translate import LIBRARIES, export


def text_of(source: str, library: str, title: str = "name") -> str:
  return export(source, title, LIBRARIES[library])


def activation_of(source: str, library: str):
  """The activation of an exported module."""
  namespace: dict = {}
  text = text_of(source, library)
  exec(compile(text, "<export>", "exec", dont_inherit=True), namespace)
  return namespace["activation"]
