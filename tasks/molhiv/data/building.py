"""The files of ogbg-molhiv, built from a CSV of SMILES by RDKit.

Graphs are written in parts, each whole or not at all, so that a build that was
stopped goes on. The files of the parts are the layout's in pieces: gzip files
one after the other are one.
"""

import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.core import extras, records
from harness.core.durations import time_left
from harness.core.errors import UserError
from tasks.molhiv.data import csv_file, layout, scaffolds
from tasks.molhiv.data.csv_file import Rows
from tasks.molhiv.data.molecules import SPLITS

_PART = 2000  # Molecules.
_GRAPHS = (
  layout.ATOMS,
  layout.BONDS,
  layout.ENDS,
  layout.NUM_ATOMS,
  layout.NUM_BONDS,
)
_NOTES = "notes"  # Of a part: what is no file of the layout.


def build(path: Path, data_dir: Path, show: Callable[[str], None]) -> list[str]:
  """Builds the files in a data_dir, or goes on with a build of the same CSV.

  Args:
    path: of the CSV.
    data_dir: gets them.
    show: is told the progress.

  Returns:
    Sentences on what was built.

  Raises:
    UserError: RDKit is missing; the CSV or a SMILES can't be read; or there is
      a data set already.
  """
  folder = data_dir / layout.FOLDER
  if folder.exists():
    raise UserError(
      f"{folder} is there already; delete it, or give another --data_dir"
    )
  rows = csv_file.read(path)
  parts = data_dir / f"{layout.FOLDER}.parts-{rows.digest}"
  parts.mkdir(parents=True, exist_ok=True)
  records.remove_incomplete(parts)
  starts = range(0, len(rows.smiles), _PART)
  begun, first = time.monotonic(), None
  for start in starts:
    if not _part_file(parts, start).exists():
      first = start if first is None else first
      done, left = start - first, len(rows.smiles) - start
      gone = time_left(done, left, time.monotonic() - begun)
      show(f"molecule {start:,} of {len(rows.smiles):,}{gone}")
      _write_part(rows, start, parts)
  show("joining the parts")
  lines = _join(rows, [_part_file(parts, start) for start in starts], folder)
  shutil.rmtree(parts)
  return lines


def _part_file(parts: Path, start: int) -> Path:
  return parts / f"{start:08d}.json.gz"


def _write_part(rows: Rows, start: int, parts: Path) -> None:
  """Writes the graphs of the molecules from `start` on."""
  try:
    from tasks.molhiv.data import smiles
  except ImportError as error:
    raise extras.missing("molecules", error) from error
  texts: dict[str, list[str]] = {name: [] for name in _GRAPHS}
  odd, found = [], []
  for index, text in enumerate(rows.smiles[start : start + _PART], start):
    try:
      graph = smiles.graph(text)
    except ValueError as error:
      raise UserError(
        f"{rows.place(index)} has a SMILES that does not parse ({error}): "
        f"{text[:100]!r}"
      ) from error
    texts[layout.ATOMS] += _lines(graph.atoms.tolist())
    texts[layout.BONDS] += _lines(graph.bonds.tolist())
    texts[layout.ENDS] += _lines(graph.ends.tolist())
    texts[layout.NUM_ATOMS].append(f"{len(graph.atoms)}\n")
    texts[layout.NUM_BONDS].append(f"{len(graph.bonds)}\n")
    if not graph.is_sane:
      odd.append(index)
    if rows.splits is None:
      found.append(smiles.scaffold(text))
  part = {
    **{name: "".join(lines) for name, lines in texts.items()},
    _NOTES: {"odd": odd, "scaffolds": found},
  }
  with records.replaced(_part_file(parts, start)) as file:
    file.write(gzip.compress(json.dumps(part).encode(), mtime=0))


def _join(rows: Rows, parts: Sequence[Path], folder: Path) -> list[str]:
  """Writes all files of the layout; returns sentences on them."""
  new = folder.with_name(f"{folder.name}.new")
  shutil.rmtree(new, ignore_errors=True)
  for name in ("raw", "split/scaffold", "mapping"):
    (new / name).mkdir(parents=True)
  odd: list[int] = []
  found: list[str] = []
  for path in parts:
    part = json.loads(gzip.decompress(path.read_bytes()))
    odd += part[_NOTES]["odd"]
    found += part[_NOTES]["scaffolds"]
    for name in _GRAPHS:
      _append(layout.raw_file(new, name), part[name])
  _append(layout.raw_file(new, layout.LABELS), _column(rows.labels))
  splits = rows.splits or scaffolds.split(found)
  for split in SPLITS:
    numbers = [index for index, name in enumerate(splits) if name == split]
    _append(layout.split_file(new, split), _column(numbers))
  mapping = _lines(
    zip(rows.labels, rows.smiles, range(len(rows.labels)), strict=True)
  )
  _append(
    new / "mapping" / "mol.csv.gz",
    "".join(["HIV_active,smiles,mol_id\n", *mapping]),
  )
  new.rename(folder)
  return [
    f"{folder} has {len(rows.labels):,} molecules, {sum(rows.labels):,} of "
    f"them active; {', '.join(f'{splits.count(s):,} {s}' for s in SPLITS)}",
    *(
      ["the CSV has no column split: it was rebuilt from Murcko scaffolds"]
      if rows.splits is None
      else []
    ),
    *(
      [f"kept although their valences are beyond RDKit's: molecules {odd}"]
      if odd
      else []
    ),
  ]


def _append(path: Path, text: str) -> None:
  with path.open("ab") as file:
    file.write(gzip.compress(text.encode(), mtime=0))


def _lines(rows: Iterable[Iterable[Any]]) -> list[str]:
  return [",".join(map(str, row)) + "\n" for row in rows]


def _column(values: Iterable[int]) -> str:
  return "".join(f"{value}\n" for value in values)
