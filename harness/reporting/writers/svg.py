"""Drawings as SVG: files of their own, or parts of a page."""

import io
from xml.etree import ElementTree

from matplotlib.figure import Figure as Drawing

from harness.reporting.document import Figure
from harness.reporting.writers import drawings
from harness.reporting.writers.characters import printable


def whole(drawing: Drawing) -> str:
  """The text of an SVG file; always the same for the same drawing."""
  file = io.StringIO()
  drawings.save(drawing, file, "svg")
  return printable(file.getvalue())


def inline(figure: Figure) -> str:
  """An <svg> element for HTML, as wide as its place but never enlarged.

  Its ids begin with the figure's name: matplotlib gives the parts of every
  drawing the same ones. Namespaces go, for HTML has none.
  """
  root = ElementTree.fromstring(whole(figure.drawing))
  for element in root.iter():
    element.tag = _local(element.tag)
    element.attrib = {
      _local(name): _owned(_local(name), value, f"{figure.name}-")
      for name, value in element.attrib.items()
    }
  del root.attrib["height"]
  root.attrib["style"] = f"max-width: {root.attrib.pop('width')}"
  root.attrib["role"] = "img"
  root.attrib["aria-label"] = figure.caption
  return ElementTree.tostring(root, encoding="unicode")


def _local(name: str) -> str:
  return name.rpartition("}")[2]


def _owned(attribute: str, value: str, prefix: str) -> str:
  """An attribute's value, where the ids that it names have a prefix."""
  if attribute == "id":
    return prefix + value
  if attribute == "href" and value.startswith("#"):
    return f"#{prefix}{value[1:]}"
  return value.replace("url(#", f"url(#{prefix}")
