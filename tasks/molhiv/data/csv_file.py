"""A CSV of molecules: SMILES, whether they are active, and their split."""

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from harness.core.errors import UserError, unknown
from tasks.molhiv.data.molecules import SPLITS

SMILES, LABEL, SPLIT = "smiles", "HIV_active", "split"


class Rows(NamedTuple):
  """The rows of a CSV.

  Attributes:
    path: of the file.
    smiles: of each molecule.
    labels: 0 or 1.
    splits: a name in SPLITS each; None without such a column.
    digest: a short hash of the file.
    lines: of the file, where each row ends.
  """

  path: Path
  smiles: Sequence[str]
  labels: Sequence[int]
  splits: Sequence[str] | None
  digest: str
  lines: Sequence[int]

  def place(self, index: int) -> str:
    """Words for the place of a molecule."""
    return f"molecule {index} (line {self.lines[index]}) of {self.path}"


def read(path: Path) -> Rows:
  """Reads a CSV, which may be compressed by gzip.

  Raises:
    UserError: it can't be read, lacks a column, or a row has no label or no
      known split.
  """
  try:
    data = path.read_bytes()
    text = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    # Spreadsheets begin a file with a byte order mark.
    reader = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
    rows = [(row, reader.line_num) for row in reader]
  except (OSError, EOFError, zlib.error, ValueError, csv.Error) as error:
    reason = getattr(error, "strerror", None) or error
    raise UserError(f"can't read --build_from={path}: {reason}") from error
  columns = list(reader.fieldnames or [])
  for name in (SMILES, LABEL):
    if name not in columns:
      raise UserError(
        f"{path} has no column {name!r}, but {columns}; it takes columns "
        f"{SMILES}, {LABEL} and {SPLIT}"
      )
  if not rows:
    raise UserError(f"{path} has columns and no rows")
  found = Rows(
    path,
    [row[SMILES] or "" for row, _ in rows],
    [int(row[LABEL] == "1") for row, _ in rows],
    [row[SPLIT] for row, _ in rows] if SPLIT in columns else None,
    hashlib.sha256(data).hexdigest()[:16],
    [line for _, line in rows],
  )
  for index, (row, _) in enumerate(rows):
    if row[LABEL] not in ("0", "1"):
      raise UserError(
        f"{found.place(index)} has {LABEL} {row[LABEL]!r}, where 0 or 1 is "
        "needed"
      )
    if found.splits and row[SPLIT] not in SPLITS:
      wrong = unknown("split", str(row[SPLIT]), SPLITS)
      raise UserError(f"{found.place(index)} has an {wrong}")
  return found
