"""OGB's archive of the data set, unpacked where the files are wanted."""

import tempfile
import zipfile
import zlib
from pathlib import Path

from harness.core.errors import UserError

ARCHIVE = "hiv.zip"
URL = (
  f"http://snap.stanford.edu/ogb/data/graphproppred/csv_mol_download/{ARCHIVE}"
)

_DAMAGE = (
  zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


def unpack(data_dir: Path, folder: Path) -> None:
  """Unpacks the archive in a data_dir, whole or not at all.

  Args:
    data_dir: holds the archive.
    folder: gets what the archive's only folder holds.

  Raises:
    UserError: there is no archive, or it is damaged.
  """
  path = data_dir / ARCHIVE
  if not path.exists():
    raise UserError(
      f"{data_dir} has no {folder.name}; put {URL} there, or build it from a "
      "CSV of SMILES, labels and splits with --build_from=FILE.csv"
    )
  with tempfile.TemporaryDirectory(dir=data_dir) as new:
    try:
      with zipfile.ZipFile(path) as file:
        file.extractall(new)
    except _DAMAGE as error:
      raise _damaged(path, str(error)) from error
    holders = [found.parent for found in Path(new).glob("*/raw")]
    if len(holders) != 1:
      raise _damaged(path, "it has no folder with raw/ in it")
    try:
      holders[0].rename(folder)
    except OSError:
      if not folder.exists():  # Else another process was faster.
        raise


def _damaged(path: Path, reason: str) -> UserError:
  return UserError(f"{path} is damaged ({reason}); download {URL} again")
