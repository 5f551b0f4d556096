"""Splits that TFDS has stored, built by upstream's builder for these tests."""

import json
import multiprocessing
import os
import shutil
import struct
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import clrs
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data import benchmark
from tasks.clrs30.data.tfds_archive import OFFICIAL, stored_split
from tasks.clrs30.registry import get
from tests.tasks.clrs30.batches import assert_same, points_of
from tests.tasks.clrs30.data.tfds_builds import build

# Its inputs are real numbers, which TFDS rounds.
ALGORITHM, SIZE = "activity_selector", 32
SPLIT = Path("clrs_dataset", f"{ALGORITHM}_test", "1.0.0")
Read = Callable[[Path], tuple[clrs.Feedback | None, list[str]]]


class Built(NamedTuple):
  """Upstream's build of the split, not to be changed, and its own reading."""

  folder: Path
  feedback: clrs.Feedback


def _read(data_dir: Path) -> tuple[clrs.Feedback | None, list[str]]:
  """The stored split, and the lines that were shown."""
  lines: list[str] = []
  return stored_split(get(ALGORITHM), data_dir, lines.append), lines


def _build(folder: Path) -> clrs.Feedback:
  build(ALGORITHM, folder)
  from clrs._src.dataset import create_dataset

  batches, found, _ = create_dataset(str(folder), ALGORITHM, "test", SIZE)
  assert found == SIZE
  feedback: clrs.Feedback = next(batches.as_numpy_iterator())
  return feedback


@pytest.fixture(scope="module")
def process() -> Iterator[ProcessPoolExecutor]:
  """A process for TensorFlow, which would stay in the one of the tests."""
  spawn = multiprocessing.get_context("spawn")
  with ProcessPoolExecutor(1, spawn) as pool:
    yield pool


@pytest.fixture(scope="module")
def read(process: ProcessPoolExecutor) -> Read:
  return lambda data_dir: process.submit(_read, data_dir).result()


@pytest.fixture(scope="module")
def built(
  process: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> Built:
  folder = tmp_path_factory.mktemp("built")
  return Built(folder, process.submit(_build, folder).result())


@pytest.fixture
def data_dir(tmp_path: Path, built: Built) -> Path:
  """A copy of the build."""
  return Path(shutil.copytree(built.folder, tmp_path / "data"))


def _trajectories(feedback: clrs.Feedback) -> Counter[bytes]:
  """The bits of each trajectory, whatever their order."""
  inputs, hints, outputs = points_of(feedback)
  columns = [feedback.features.lengths, *(p.data for p in (*inputs, *outputs))]
  columns += [np.moveaxis(point.data, 1, 0) for point in hints]
  return Counter(
    b"".join(column[i].tobytes() for column in columns) for i in range(SIZE)
  )


def test_stored_splits_are_read_as_upstream_reads_them(
  read: Read, built: Built
) -> None:
  found, lines = read(built.folder)
  assert found
  assert_same(found, built.feedback)
  assert lines == [
    f"reading the test split of {ALGORITHM} from {built.folder / SPLIT}"
  ]


def test_drawn_splits_equal_stored_ones_to_the_bit(built: Built) -> None:
  drawn = benchmark.draw(get(ALGORITHM), SIZE, lambda line: None)
  assert _trajectories(drawn) == _trajectories(built.feedback)
  assert len(_trajectories(drawn)) == SIZE
  for mine, theirs in zip(
    points_of(drawn), points_of(built.feedback), strict=True
  ):
    assert [(p.name, p.location, p.type_, p.data.dtype) for p in mine] == [
      (p.name, p.location, p.type_, p.data.dtype) for p in theirs
    ]


def _tree(folder: Path) -> dict[Path, tuple[int, int]]:
  stats = {path: path.stat() for path in (folder, *folder.rglob("*"))}
  return {path: (s.st_mtime_ns, s.st_size) for path, s in stats.items()}


@pytest.mark.parametrize("direct", [False, True])
def test_the_unpacked_archive_is_only_read(
  direct: bool, read: Read, built: Built, tmp_path: Path
) -> None:
  official = Path(shutil.copytree(built.folder, tmp_path / OFFICIAL))
  before = _tree(tmp_path)
  found, _ = read(official if direct else tmp_path)
  assert found
  assert_same(found, built.feedback)
  assert _tree(tmp_path) == before


def test_other_directories_hold_no_stored_split(tmp_path: Path) -> None:
  assert _read(tmp_path / "missing") == (None, [])
  (tmp_path / SPLIT.parent).mkdir(parents=True)
  assert _read(tmp_path) == (None, [])


def _pack(built: Path, archive: Path, prefix: str = "") -> None:
  with tarfile.open(archive, "w:gz") as tar:
    for config in ("dfs_test", f"{ALGORITHM}_test", f"{ALGORITHM}_train"):
      folder = built / SPLIT.parents[1] / f"{ALGORITHM}_test"
      tar.add(folder, f"{prefix}clrs_dataset/{config}")


@pytest.mark.parametrize("prefix", ["", "./", f"{OFFICIAL}/"])
def test_the_archive_is_unpacked_once(
  prefix: str, read: Read, built: Built, tmp_path: Path
) -> None:
  archive = tmp_path / f"{OFFICIAL}.tar.gz"
  _pack(built.folder, archive, prefix)
  found, lines = read(tmp_path)
  assert found
  assert_same(found, built.feedback)
  assert lines[0].startswith(f"unpacking the test split of {ALGORITHM} from")
  assert os.listdir(tmp_path / SPLIT.parent) == ["1.0.0"]
  _, lines = read(tmp_path)
  assert [line.split()[0] for line in lines] == ["reading"]


@pytest.mark.parametrize("kept", [0, 100, 10_000])
def test_a_damaged_archive_is_an_error(
  kept: int, built: Built, tmp_path: Path
) -> None:
  archive = tmp_path / f"{OFFICIAL}.tar.gz"
  _pack(built.folder, archive)
  assert archive.stat().st_size > kept
  os.truncate(archive, kept)
  with pytest.raises(
    UserError, match=r"tar.gz is damaged .* download it again, or move it away"
  ):
    _read(tmp_path)
  assert not os.listdir(tmp_path / SPLIT.parent)


def test_an_archive_without_the_split_is_an_error(tmp_path: Path) -> None:
  (tmp_path / "empty").mkdir()
  with tarfile.open(tmp_path / f"{OFFICIAL}.tar.gz", "w:gz") as tar:
    tar.add(tmp_path / "empty", "clrs_dataset")
  with pytest.raises(UserError, match=f"has no {SPLIT}; download it again"):
    _read(tmp_path)


def _shard(folder: Path) -> Path:
  (shard,) = folder.glob("*.tfrecord-*")
  return shard


def _cut(folder: Path) -> None:
  shard = _shard(folder)
  os.truncate(shard, shard.stat().st_size // 2)


def _lose_last_record(folder: Path) -> None:
  """Cuts between records, which leaves a valid file."""
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


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_split_is_an_error(
  damage: Callable[[Path], Any], read: Read, data_dir: Path
) -> None:
  damage(data_dir / SPLIT)
  before = _tree(data_dir)
  with pytest.raises(UserError, match=r"^cannot read") as error:
    read(data_dir)
  assert str(data_dir / SPLIT) in str(error.value)
  assert "; unpack the archive again, or move the folder" in str(error.value)
  assert len(str(error.value).splitlines()) == 1
  assert _tree(data_dir) == before


def test_without_tensorflow_the_error_names_what_to_install(
  data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setitem(sys.modules, "tensorflow", None)  # Import fails.
  with pytest.raises(UserError, match=r"\): pip install 'actmine\[clrs\]'"):
    _read(data_dir)
