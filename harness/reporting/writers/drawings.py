"""Drawings as PNG files and as SVG; the same drawing gives the same bytes."""

import functools
import io
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import matplotlib
from matplotlib.figure import Figure as Drawing

from harness.reporting.document import Figure, printable
from harness.reporting.figures import style

_PNG_DPI = 150
# Dates and matplotlib's version would change a file that shows the same.
_NO_METADATA = {
  "png": dict.fromkeys(("Software",)),
  "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
}


def write_png(drawing: Drawing, path: Path) -> None:
  """Writes a PNG file."""
  _save(drawing, path, "png")


@functools.cache  # Both the page and a file of its own hold it.
def svg(drawing: Drawing) -> str:
  """The text of an SVG file."""
  file = io.StringIO()
  _save(drawing, file, "svg")
  return printable(file.getvalue())


def inline_svg(figure: Figure) -> str:
  """An <svg> element for HTML, as wide as its place but never enlarged.

  Its ids begin with the figure's name: matplotlib gives the parts of every
  drawing the same ones. Namespaces go, for HTML has none.
  """
  root = ElementTree.fromstring(svg(figure.drawing))
  for element in root.iter():
    element.tag = _local(element.tag)
    element.attrib = {
      _local(name): _prefixed(_local(name), value, f"{figure.name}-")
      for name, value in element.attrib.items()
    }
  del root.attrib["height"]
  root.attrib["style"] = f"max-width: {root.attrib.pop('width')}"
  root.attrib["role"] = "img"
  root.attrib["aria-label"] = figure.caption
  return ElementTree.tostring(root, encoding="unicode")


def _save(drawing: Drawing, file: Path | IO[str], kind: str) -> None:
  """Saves a drawing as "png" or "svg"; it then can't be laid out anew."""
  with matplotlib.rc_context(style.settings()):
    engine = drawing.get_layout_engine()
    if engine:  # Laid out for good: each saving would move its parts.
      engine.execute(drawing)
      drawing.set_layout_engine("none")
    drawing.savefig(
      file, format=kind, dpi=_PNG_DPI, metadata=_NO_METADATA[kind]
    )


def _local(name: str) -> str:
  return name.rpartition("}")[2]


def _prefixed(attribute: str, value: str, prefix: str) -> str:
  """An attribute's value, where the ids that it names have a prefix."""
  if attribute == "id":
    return prefix + value
  if attribute == "href" and value.startswith("#"):
    return f"#{prefix}{value[1:]}"
  return value.replace("url(#", f"url(#{prefix}")
