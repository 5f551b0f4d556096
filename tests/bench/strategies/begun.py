"""Keeps unfinished searches in the repository, for another machine to go on.

  python -m tests.bench.strategies.begun

Stop the searches first: what they compute afterwards is not kept.
"""

import lzma
import shutil
from pathlib import Path

from evolve import sqlite_file
from harness.core import console
from tests.bench.strategies import BEGUN, KEPT, RUNS
from tests.bench.strategies.keep import copy_database

_DATABASE = "programs.sqlite"


def pack(run: Path, folder: Path) -> None:
  """Writes what `unpack` makes the run of again."""
  folder.mkdir(parents=True, exist_ok=True)
  shutil.copyfile(run / "run.json", folder / "run.json")
  copy = folder / _DATABASE
  copy_database(run / _DATABASE, copy)
  sqlite_file.packed(copy).write_bytes(lzma.compress(copy.read_bytes()))
  copy.unlink()


def unpack(folder: Path, run: Path) -> None:
  """Makes the run directory that `pack` has read, if there is none yet."""
  if run.exists() or not folder.exists():
    return
  run.mkdir(parents=True)
  packed = sqlite_file.packed(folder / _DATABASE)
  (run / _DATABASE).write_bytes(lzma.decompress(packed.read_bytes()))
  shutil.copyfile(folder / "run.json", run / "run.json")


def main() -> None:
  for run in sorted(path.parent for path in RUNS.glob(f"*/{_DATABASE}")):
    shutil.rmtree(BEGUN / run.name, ignore_errors=True)
    if not (KEPT / run.name / "summary.json").exists():
      pack(run, BEGUN / run.name)
      console.say(f"{run.name} is kept as far as it has come")


if __name__ == "__main__":
  main()
