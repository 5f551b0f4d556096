"""What is found on disk, read in a process that has TensorFlow."""

import json
import multiprocessing
import os
import shutil
import struct
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.core.errors import UserError

OFFICIAL = "CLRS30_v1.0.0"
BFS = Path("clrs_dataset", "bfs_test", "1.0.0")
Arrays = dict[str, np.ndarray]
Reader = Callable[..., tuple[Arrays, list[str]]]


def _read(data_dir: Path, algorithm: str = "bfs") -> tuple[Arrays, list[str]]:
  """Ours, and what it said."""
  from tasks.clrs30.data.splits.tfds_reader import read_test_split
  from tests.tasks.clrs30.batches import arrays

  lines: list[str] = []
  return arrays(read_test_split(algorithm, data_dir, lines.append)), lines


def _upstream(folder: Path, algorithm: str, num_samples: int) -> Arrays:
  """Upstream's, built and read by itself."""
  from clrs._src.dataset import create_dataset

  from tests.tasks.clrs30.batches import arrays

  batches, found, _ = create_dataset(
    str(folder), algorithm, "test", num_samples
  )
  assert found == num_samples
  return arrays(next(batches.as_numpy_iterator()))


def _begin() -> None:
  os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}


@pytest.fixture(scope="module")
def process() -> Iterator[ProcessPoolExecutor]:
  spawn = multiprocessing.get_context("spawn")
  with ProcessPoolExecutor(1, spawn, _begin) as pool:
    yield pool


@pytest.fixture(scope="module")
def read(process: ProcessPoolExecutor) -> Reader:
  return lambda *args: process.submit(_read, *args).result()


@pytest.fixture(scope="module")
def upstream(
  process: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Arrays]:
  folder = tmp_path_factory.mktemp("upstream") / OFFICIAL
  return folder, process.submit(_upstream, folder, "bfs", 32).result()


@pytest.fixture
def data_dir(tmp_path: Path, upstream: tuple[Path, Arrays]) -> Path:
  """Has bfs."""
  shutil.copytree(upstream[0], tmp_path / "data")
  return tmp_path / "data"


@pytest.fixture
def official(tmp_path: Path, upstream: tuple[Path, Arrays]) -> Path:
  """Is upstream's archive with bfs, unpacked."""
  shutil.copytree(upstream[0], tmp_path / "data" / OFFICIAL)
  return tmp_path / "data" / OFFICIAL


def _pack(official: Path, archive: Path, prefix: str) -> None:
  with tarfile.open(archive, "w:gz") as tar:
    for other in ("dfs_test", "bfs_test", "bfs_train"):
      folder = official / BFS.parents[1] / "bfs_test"
      tar.add(folder, f"{prefix}clrs_dataset/{other}")


def _assert_same(found: Arrays, expected: Arrays) -> None:
  assert found.keys() == expected.keys()
  for name, values in found.items():
    np.testing.assert_array_equal(values, expected[name], err_msg=name)
    assert values.dtype == expected[name].dtype


def _tree(folder: Path) -> dict[Path, tuple[int, int]]:
  stats = {path: path.stat() for path in (folder, *folder.rglob("*"))}
  return {path: (s.st_mtime_ns, s.st_size) for path, s in stats.items()}


def _shard(folder: Path) -> Path:
  (shard,) = folder.glob("*.tfrecord-*")
  return shard


def _cut(folder: Path) -> None:
  shard = _shard(folder)
  os.truncate(shard, shard.stat().st_size // 2)


def _lose_last_record(folder: Path) -> None:
  """So that what is left is a whole file."""
  data = _shard(folder).read_bytes()
  start = end = 0
  while end < len(data):
    start = end  # Of: length, checksum, content, checksum.
    end += 16 + struct.unpack_from("<Q", data, start)[0]
  _shard(folder).write_bytes(data[:start])


def _flip_a_bit(folder: Path) -> None:
  data = bytearray(_shard(folder).read_bytes())
  data[len(data) // 2] ^= 1
  _shard(folder).write_bytes(data)


def _claim_fewer(folder: Path) -> None:
  path = folder / "dataset_info.json"
  info = json.loads(path.read_text())
  info["splits"][0]["shardLengths"] = ["31"]
  path.write_text(json.dumps(info))


DAMAGES: list[Callable[[Path], Any]] = [
  _cut,
  _lose_last_record,
  _flip_a_bit,
  _claim_fewer,
  lambda folder: _shard(folder).unlink(),
  lambda folder: (folder / "dataset_info.json").unlink(),
  lambda folder: (folder / "dataset_info.json").write_text("{"),
  lambda folder: (folder / "features.json").unlink(),
]


def test_a_build_is_upstreams(
  read: Reader, upstream: tuple[Path, Arrays], tmp_path: Path
) -> None:
  found, lines = read(tmp_path)
  _assert_same(found, upstream[1])
  assert lines[-1] == "building the test split of bfs"
  for path in (p for p in upstream[0].rglob("*") if p.is_file()):
    ours = tmp_path / path.relative_to(upstream[0])
    assert ours.read_bytes() == path.read_bytes()


def test_many_batches_are_one_of_upstreams(
  read: Reader, process: ProcessPoolExecutor, tmp_path: Path
) -> None:
  found, _ = read(tmp_path, "segments_intersect")
  expected = process.submit(_upstream, tmp_path, "segments_intersect", 2048)
  _assert_same(found, expected.result())


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_built_anew(
  damage: Callable[[Path], Any],
  read: Reader,
  upstream: tuple[Path, Arrays],
  data_dir: Path,
) -> None:
  damage(data_dir / BFS)
  unfinished = data_dir / BFS.with_name("incomplete.ABCDEF_1.0.0")
  unfinished.mkdir()
  found, lines = read(data_dir)
  _assert_same(found, upstream[1])
  assert "anew, what was there is damaged" in lines[-1]
  assert not unfinished.exists()
  assert read(data_dir)[1] == ["reading the test split of bfs"]


@pytest.mark.parametrize("direct", [False, True])
def test_upstreams_folder_is_only_read(
  direct: bool, read: Reader, upstream: tuple[Path, Arrays], official: Path
) -> None:
  before = _tree(official.parent)
  found, _ = read(official if direct else official.parent)
  _assert_same(found, upstream[1])
  assert _tree(official.parent) == before


def test_damage_to_upstreams_folder_is_an_error(
  read: Reader, official: Path
) -> None:
  _cut(official / BFS)
  linked = official.with_name("linked")
  linked.mkdir()
  (linked / "clrs_dataset").symlink_to(official / "clrs_dataset")
  before = _tree(official.parent)
  for data_dir in (official.parent, official, linked):
    with pytest.raises(
      UserError, match=r"damaged .*; unpack the archive again"
    ):
      read(data_dir)
  assert _tree(official.parent) == before


@pytest.mark.parametrize("prefix", ["", "./", f"{OFFICIAL}/"])
def test_upstreams_archive_is_unpacked(
  prefix: str, read: Reader, upstream: tuple[Path, Arrays], official: Path
) -> None:
  data_dir = official.parent
  _pack(official, data_dir / f"{OFFICIAL}.tar.gz", prefix)
  shutil.rmtree(official)
  found, lines = read(data_dir)
  assert lines[-1] == "unpacking the test split of bfs"
  _assert_same(found, upstream[1])
  assert {p.name for p in (data_dir / BFS).parent.iterdir()} == {
    ".lock",
    "1.0.0",
  }
  assert read(data_dir)[1] == ["reading the test split of bfs"]


@pytest.mark.parametrize("kept", [0, 100, 100_000])
def test_a_damaged_archive_is_an_error(
  kept: int, read: Reader, official: Path
) -> None:
  data_dir = official.parent
  archive = data_dir / f"{OFFICIAL}.tar.gz"
  _pack(official, archive, "")
  assert archive.stat().st_size > kept
  os.truncate(archive, kept)
  shutil.rmtree(official)
  with pytest.raises(UserError, match=r"is damaged .* download it again"):
    read(data_dir)
  assert not list(data_dir.rglob("1.0.0"))


def test_an_archive_of_damaged_splits_is_an_error(
  read: Reader, official: Path
) -> None:
  data_dir = official.parent
  _cut(official / BFS)
  _pack(official, data_dir / f"{OFFICIAL}.tar.gz", "")
  shutil.rmtree(official)
  with pytest.raises(UserError, match=r"is damaged .* download it again"):
    read(data_dir)
  with pytest.raises(UserError, match="has no clrs_dataset/minimum_test"):
    read(data_dir, "minimum")


def test_where_nothing_can_be_written_is_an_error(
  read: Reader, tmp_path: Path
) -> None:
  (tmp_path / "file").touch()
  with pytest.raises(UserError, match=r"can't write .* choose another"):
    read(tmp_path / "file")


NOT_ROOT = pytest.mark.skipif(
  os.geteuid() == 0, reason="root may read and write all"
)


@NOT_ROOT
def test_where_one_may_not_write_one_may_read(
  read: Reader, upstream: tuple[Path, Arrays], data_dir: Path
) -> None:
  config = data_dir / BFS.parent
  config.chmod(0o555)
  found, _ = read(data_dir)
  _assert_same(found, upstream[1])
  _cut(data_dir / BFS)
  with pytest.raises(UserError, match=r"can't write .*: Permission denied"):
    read(data_dir)
  config.chmod(0o755)


@NOT_ROOT
def test_what_may_not_be_read_is_not_damaged(
  read: Reader, data_dir: Path
) -> None:
  _shard(data_dir / BFS).chmod(0)
  with pytest.raises(PermissionError):
    read(data_dir)
  assert _shard(data_dir / BFS).exists()
