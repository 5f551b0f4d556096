"""A training run as an archive in pieces, each small enough to come back.

  python -m tests.bench.accelerator.archive DIR WORKDIR

puts the run in DIR's pieces together again.
"""

import io
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from harness.core import records

_NAME = "clrs30.tar"
_PIECE = 15 << 20
_KEPT = ("run.json", "scores.jsonl", "summary.json", "checkpoints/*.npz")


def files_of(workdir: Path) -> list[Path]:
  """The files with which a run goes on elsewhere."""
  return [path for pattern in _KEPT for path in sorted(workdir.glob(pattern))]


def pack(workdir: Path, files: Sequence[Path], folder: Path) -> None:
  """Replaces the pieces in a folder.

  A file that goes while it is read, as a checkpoint does at its training's end,
  is left out.
  """
  archive = io.BytesIO()
  with tarfile.open(fileobj=archive, mode="w") as tar:
    for path in files:
      try:
        data = path.read_bytes()
      except FileNotFoundError:
        continue
      entry = tarfile.TarInfo(str(path.relative_to(workdir)))
      entry.size = len(data)
      tar.addfile(entry, io.BytesIO(data))
  whole = archive.getvalue()
  pieces = [whole[i : i + _PIECE] for i in range(0, len(whole), _PIECE)]
  for number, piece in enumerate(pieces):
    with records.replaced(folder / f"{_NAME}.{number}") as file:
      file.write(piece)
  for path in folder.glob(f"{_NAME}.*"):
    if int(path.suffix[1:]) >= len(pieces):
      path.unlink()


def unpack(folder: Path, workdir: Path) -> None:
  """Writes the files of the pieces in a folder to a workdir."""
  paths = sorted(folder.glob(f"{_NAME}.*"), key=lambda p: int(p.suffix[1:]))
  whole = b"".join(path.read_bytes() for path in paths)
  with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
    tar.extractall(workdir, filter="data")


if __name__ == "__main__":
  unpack(Path(sys.argv[1]), Path(sys.argv[2]))
