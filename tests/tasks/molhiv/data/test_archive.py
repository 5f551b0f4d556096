"""The archive: unpacked whole, or not at all."""

from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.molhiv.data import layout
from tasks.molhiv.data.molecules import Molecules
from tests.tasks.molhiv import miniature


def test_the_archive_is_unpacked(
  data_dir: Path, molecules: Molecules, tmp_path: Path
) -> None:
  miniature.zipped(data_dir / "ogbg_molhiv", tmp_path / "hiv.zip")
  assert layout.read(tmp_path).digest == molecules.digest
  assert sorted(p.name for p in tmp_path.iterdir()) == [
    "hiv.zip",
    "ogbg_molhiv",
  ]


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_a_damaged_archive(damage: str, data_dir: Path, tmp_path: Path) -> None:
  path = tmp_path / "hiv.zip"
  miniature.zipped(data_dir / "ogbg_molhiv", path)
  data = bytearray(path.read_bytes())
  if damage == "cut":
    del data[len(data) // 2 :]
  elif damage == "flipped":
    data[len(data) // 3] ^= 255
  else:
    data = bytearray(b"<html>404 Not Found</html>")
  path.write_bytes(data)
  with pytest.raises(UserError, match=rf"^{path} is damaged \(.*download http"):
    layout.read(tmp_path)
  assert [p.name for p in tmp_path.iterdir()] == ["hiv.zip"]


def test_no_data_at_all(tmp_path: Path) -> None:
  message = f"^{tmp_path} has no ogbg_molhiv; put http.*hiv.zip there, or build"
  with pytest.raises(UserError, match=message):
    layout.read(tmp_path)
