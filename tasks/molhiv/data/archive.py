"""OGB's archive of the data set, unpacked where the files are wanted."""

import shutil
import zipfile
import zlib
from pathlib import Path

from harness.core.errors import UserError

ARCHIVE = "hiv.zip"
URL = (
  f"http://snap.stanford.edu/ogb/data/graphproppred/csv_mol_download/{ARCHIVE}"
)


def unpack(data_dir: Path, folder: Path) -> None:
  """Unpacks the archive in a data_dir, whole or not at all.

  Args:
    data_dir: holds the archive.
    folder: gets what the archive's only folder holds.

  Raises:
    UserError: there is no archive, or it is damaged.
  """
  path, new = data_dir / ARCHIVE, folder.with_name(f"{folder.name}.new")
  if not path.exists():
    raise UserError(
      f"{data_dir} has no {folder.name}; put {URL} there, or build it from a "
      "CSV of SMILES, labels and splits with --build_from=FILE.csv"
    )
  shutil.rmtree(new, ignore_errors=True)
  try:
    with zipfile.ZipFile(path) as file:
      file.extractall(new)
  except (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
  ) as error:  # fmt: skip
    shutil.rmtree(new, ignore_errors=True)
    raise _damaged(path, str(error)) from error
  holders = [found.parent for found in new.glob("*/raw")]
  if len(holders) != 1:
    shutil.rmtree(new)
    raise _damaged(path, "it has no folder with raw/ in it")
  holders[0].rename(folder)
  shutil.rmtree(new)


def _damaged(path: Path, reason: str) -> UserError:
  return UserError(f"{path} is damaged ({reason}); download {URL} again")
