"""Exported modules, run."""

from typing import Any

from evolve.translate import LIBRARIES, export


def text_of(source: str, library: str, title: str = "name") -> str:
  return export(source, title, LIBRARIES[library])


def activation_of(source: str, library: str):
  """The activation of an exported module."""
  return namespace_of(source, library)["activation"]


def namespace_of(source: str, library: str) -> dict[str, Any]:
  """All that an exported module binds."""
  namespace: dict[str, Any] = {}
  text = text_of(source, library)
  exec(compile(text, "<export>", "exec", dont_inherit=True), namespace)
  return namespace
