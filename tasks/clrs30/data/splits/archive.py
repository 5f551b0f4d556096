"""Upstream's archive of all splits, as it is downloaded."""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from harness.core.errors import UserError
from tasks.clrs30.data.splits.folder import SplitFolder


def damaged_archive(archive: Path, why: str) -> UserError:
  """The error for an archive that a split can't be had from."""
  return UserError(
    f"{archive}: {why}; download it again, or move it away and the split is "
    "built here"
  )


def unpack(archive: Path, split: SplitFolder) -> None:
  """Takes one split out of the archive, wherever it lies in there.

  Raises:
    UserError: the archive is damaged or has no such split.
  """
  try:
    with split.filling() as folder, tarfile.open(archive, "r:gz") as members:
      for member in members:
        *above, name = PurePosixPath(member.name).parts or ("",)
        if member.isfile() and tuple(above[-3:]) == split.inside:
          members.extract(member.replace(name=name), folder, filter="data")
      if not any(folder.iterdir()):
        raise damaged_archive(archive, f"has no {'/'.join(split.inside)}")
  except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
    raise damaged_archive(archive, f"is damaged ({error})") from error
