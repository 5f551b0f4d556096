"""Drawings as PNG and SVG, always the same for the same drawing."""

from pathlib import Path
from typing import IO

import matplotlib
from matplotlib.figure import Figure as Drawing

from harness.reporting.figures import style

_PNG_DPI = 150
# Dates and matplotlib's version would change a file that shows the same.
_NO_METADATA = {
  "png": dict.fromkeys(("Software",)),
  "svg": dict.fromkeys(("Creator", "Date", "Format", "Type")),
}


def save(drawing: Drawing, file: Path | IO[str], kind: str) -> None:
  """Saves a drawing as "png" or "svg"; it then can't be laid out anew."""
  with matplotlib.rc_context(style.settings()):
    _fix_layout(drawing)
    drawing.savefig(
      file, format=kind, dpi=_PNG_DPI, metadata=_NO_METADATA[kind]
    )


def _fix_layout(drawing: Drawing) -> None:
  """Lays it out for good: to do so at each saving would move its parts."""
  engine = drawing.get_layout_engine()
  if engine:
    engine.execute(drawing)
    drawing.set_layout_engine("none")
