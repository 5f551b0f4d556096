"""Keeps a finished search under results/, small, so that its page can be made.

  python -m tests.bench.strategies.keep runs/first results/strategies/first

Copies run.json, summary.json and best.py, and compresses programs.sqlite: the
scores of candidates are rounded, their losses left out; finalists keep theirs.
"""

import json
import lzma
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from evolve import sqlite_file

_COPIED = ("run.json", "summary.json", "best.py")
# Of candidates; a page shows those of finalists only.
_LEFT_OUT = ("id_scores", "id_loss", "ood_loss", "ood_skills")
_DIGITS = 5


def keep(run: Path, folder: Path) -> None:
  """Copies what a page of a search needs."""
  folder.mkdir(parents=True, exist_ok=True)
  for name in _COPIED:
    shutil.copyfile(run / name, folder / name)
  path = folder / "programs.sqlite"
  copy_database(run / "programs.sqlite", path)
  with closing(sqlite3.connect(path)) as database:
    _shorten(database)
    database.execute("VACUUM")
  packed = sqlite_file.packed(path)
  packed.write_bytes(lzma.compress(path.read_bytes(), preset=9))
  path.unlink()


def copy_database(path: Path, copy: Path) -> None:
  """Copies a database and its log into one file that can be read alone."""
  copy.unlink(missing_ok=True)
  with (
    closing(sqlite3.connect(path)) as source,
    closing(sqlite3.connect(copy)) as target,
  ):
    source.backup(target)
    target.execute("PRAGMA journal_mode=DELETE")


def _shorten(database: sqlite3.Connection) -> None:
  candidates = database.execute("SELECT slot, report FROM programs").fetchall()
  for slot, text in candidates:
    report = json.loads(text) | {name: {} for name in _LEFT_OUT}
    database.execute(
      "UPDATE programs SET report = ? WHERE slot = ?", (_text(report), slot)
    )
  finals = database.execute("SELECT rowid, report FROM finals").fetchall()
  for row, text in finals:
    database.execute(
      "UPDATE finals SET report = ? WHERE rowid = ?",
      (_text(json.loads(text)), row),
    )
  database.commit()


def _text(report: dict[str, Any]) -> str:
  return json.dumps(_rounded(report), separators=(",", ":"))


def _rounded(value: Any) -> Any:
  if isinstance(value, float):
    return round(value, _DIGITS)
  if isinstance(value, dict):
    return {key: _rounded(one) for key, one in value.items()}
  return [_rounded(v) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
  keep(Path(sys.argv[1]), Path(sys.argv[2]))
