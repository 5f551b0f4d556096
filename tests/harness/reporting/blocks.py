"""Blocks of a section, by kind and by name."""

from typing import TypeVar

from harness.reporting.document import (
  Block,
  DataTable,
  Figure,
  Section,
  Text,
)

B = TypeVar("B", bound=Block)


def of_kind(section: Section, kind: type[B]) -> list[B]:
  return [block for block in section.blocks if isinstance(block, kind)]


def texts(section: Section) -> list[str]:
  return [block.text for block in of_kind(section, Text)]


def table(section: Section, end: str) -> DataTable:
  """The only table with a name that ends so."""
  (found,) = (t for t in of_kind(section, DataTable) if t.name.endswith(end))
  return found


def figure(section: Section, end: str) -> Figure:
  """The only figure with a name that ends so."""
  (found,) = (f for f in of_kind(section, Figure) if f.name.endswith(end))
  return found
