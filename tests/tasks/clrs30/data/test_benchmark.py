"""Test splits: drawn once, kept, and read; that of TFDS is preferred."""

import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import clrs
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data import benchmark
from tasks.clrs30.registry import get
from tests.tasks.clrs30.batches import assert_same

BFS = get("bfs")
KEPT = Path("clrs30", "bfs", "test.npz")


class DrawnSplit(NamedTuple):
  """A directory that did not exist, the split drawn there, and the progress."""

  data_dir: Path
  split: clrs.Feedback
  lines: list[str]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DrawnSplit:
  data_dir = tmp_path_factory.mktemp("bfs") / "not" / "there"
  lines: list[str] = []
  return DrawnSplit(
    data_dir, benchmark.test_split(BFS, 64, data_dir, lines.append), lines
  )


def _no_line(line: str) -> None:
  del line


def test_a_split_has_32_trajectories_at_64_nodes(drawn: DrawnSplit) -> None:
  features, outputs = drawn.split
  assert all(point.data.shape[:2] == (32, 64) for point in features.inputs)
  assert all(point.data.shape[1:] == (32, 64) for point in features.hints)
  assert [point.data.shape for point in outputs] == [(32, 64)]
  assert features.lengths.shape == (32,)


def test_progress_counts_trajectories(drawn: DrawnSplit) -> None:
  path = drawn.data_dir / KEPT
  assert drawn.lines == [
    *(
      f"drawing the test split of bfs: trajectory {number} of 32"
      for number in range(1, 33)
    ),
    f"writing the test split of bfs to {path}",
  ]


def test_a_drawn_split_is_kept_and_read(drawn: DrawnSplit) -> None:
  path = drawn.data_dir / KEPT
  before = path.stat()
  lines: list[str] = []
  again = benchmark.test_split(BFS, 64, drawn.data_dir, lines.append)
  assert_same(again, drawn.split)
  assert lines == [f"reading the test split of bfs from {path}"]
  assert path.stat().st_mtime_ns == before.st_mtime_ns
  assert os.listdir(path.parent) == ["test.npz"]


def test_a_split_of_tfds_is_preferred(
  drawn: DrawnSplit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  stored = tmp_path / "clrs_dataset" / "bfs_test" / "1.0.0"
  stored.mkdir(parents=True)
  (tmp_path / "clrs30").symlink_to(drawn.data_dir / "clrs30")
  monkeypatch.setitem(sys.modules, "tensorflow", None)  # Import fails.
  with pytest.raises(UserError, match=f"reading {stored} needs TensorFlow"):
    benchmark.test_split(BFS, 64, tmp_path, _no_line)


def test_a_damaged_split_is_an_error(drawn: DrawnSplit, tmp_path: Path) -> None:
  path = tmp_path / KEPT
  path.parent.mkdir(parents=True)
  path.write_bytes((drawn.data_dir / KEPT).read_bytes()[:-100])
  with pytest.raises(
    UserError, match=f"{path} is damaged .*; remove it and the split is drawn"
  ):
    benchmark.test_split(BFS, 64, tmp_path, _no_line)


def test_a_file_in_place_of_the_directory_is_an_error(tmp_path: Path) -> None:
  (tmp_path / "file").touch()
  with pytest.raises(UserError, match=r"Not a directory.* another --data_dir$"):
    benchmark.test_split(BFS, 64, tmp_path / "file", _no_line)


def test_an_unreadable_split_is_an_error(tmp_path: Path) -> None:
  """A folder in the place of a file, which root cannot read either."""
  stored = tmp_path / "clrs_dataset" / "bfs_test" / "1.0.0"
  (stored / "features.json").mkdir(parents=True)
  with pytest.raises(UserError, match=r"Is a directory.* another --data_dir$"):
    benchmark.test_split(BFS, 64, tmp_path, _no_line)


@pytest.fixture
def little_space() -> Iterator[None]:
  """No file of this process may exceed 2,000 bytes."""
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
  yield
  resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("little_space")
def test_lack_of_space_is_an_error(tmp_path: Path) -> None:
  with pytest.raises(
    UserError, match=r"test split of bfs in .*: .*File too large; free space"
  ):
    benchmark.test_split(BFS, 64, tmp_path, _no_line)
  assert not os.listdir(tmp_path / KEPT.parent)
