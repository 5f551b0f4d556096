"""Test splits by way of the process that reads them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import clrs
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data.splits import benchmark
from tests import ROOT
from tests.tasks.clrs30.batches import arrays

PATIENCE = 60.0  # Seconds.


class Built(NamedTuple):
  data_dir: Path
  feedbacks: list[clrs.Feedback]
  lines: list[str]


@pytest.fixture(scope="module")
def bfs(tmp_path_factory: pytest.TempPathFactory) -> Built:
  """Built by one of two that want it at the same time."""
  lines: list[str] = []
  data_dir = tmp_path_factory.mktemp("bfs") / "not" / "there"
  with ThreadPoolExecutor(2) as pool:
    started = [
      pool.submit(benchmark.test_split, "bfs", data_dir, lines.append)
      for _ in range(2)
    ]
    return Built(data_dir, [future.result() for future in started], lines)


def _samples(feedback: clrs.Feedback) -> Counter[bytes]:
  """What each sample holds, without their order."""
  inputs, hints, lengths = feedback.features
  num_samples = len(lengths)
  columns = [
    *((p.name, p.data) for p in (*inputs, *feedback.outputs)),
    *((p.name, np.moveaxis(p.data, 1, 0)) for p in hints),
    ("lengths", lengths),
  ]
  columns.sort(key=lambda column: column[0])
  return Counter(
    b"".join(data[i].tobytes() for _, data in columns)
    for i in range(num_samples)
  )


def _assert_same(found: clrs.Feedback, expected: clrs.Feedback) -> None:
  mine, theirs = arrays(found), arrays(expected)
  assert mine.keys() == theirs.keys()
  for name, values in mine.items():
    np.testing.assert_array_equal(values, theirs[name], err_msg=name)


def _kinds(feedback: clrs.Feedback) -> list[set[tuple[object, ...]]]:
  inputs, hints, _ = feedback.features
  return [
    {(p.name, p.location, p.type_, p.data.dtype) for p in points}
    for points in (inputs, hints, feedback.outputs)
  ]


def _split(data_dir: Path, algorithm: str) -> Path:
  return data_dir / "clrs_dataset" / f"{algorithm}_test" / "1.0.0"


def _times(folder: Path) -> dict[Path, int]:
  return {p: p.stat().st_mtime_ns for p in (folder, *folder.iterdir())}


def _readers(parent: int) -> list[int]:
  """The processes that it has reading splits."""
  return [
    child
    for task in Path(f"/proc/{parent}/task").iterdir()
    for child in map(int, (task / "children").read_text().split())
    if "splits.process" in _command(child)
  ]


def _command(process: int) -> str:
  """Empty once it has ended, even if nobody has asked how."""
  try:
    return Path(f"/proc/{process}/cmdline").read_text()
  except OSError:
    return ""


def _until(condition: object, *arguments: object) -> None:
  assert callable(condition)
  began = time.monotonic()
  while not condition(*arguments):
    assert time.monotonic() - began < PATIENCE
    time.sleep(0.001)


def _no_line(line: str) -> None:
  del line


def test_samples_are_those_of_upstreams_sampler(bfs: Built) -> None:
  settings = clrs.CLRS30["test"]
  sampler, _ = clrs.build_sampler(
    "bfs",
    seed=settings["seed"],
    num_samples=settings["num_samples"],
    length=settings["length"],
  )
  expected = sampler.next()
  found = bfs.feedbacks[0]
  assert _kinds(found) == _kinds(expected)
  assert _samples(found) == _samples(expected)
  assert len(_samples(found)) == 32


def test_two_at_once_get_the_same(bfs: Built) -> None:
  _assert_same(*bfs.feedbacks)
  leftovers = set(_split(bfs.data_dir, "bfs").parent.iterdir())
  assert {path.name for path in leftovers} == {".lock", "1.0.0"}


def test_says_what_it_does(bfs: Built) -> None:
  assert "building the test split of bfs, 0:" in " ".join(bfs.lines)


def test_what_is_built_is_only_read(bfs: Built) -> None:
  folder = _split(bfs.data_dir, "bfs")
  before = _times(folder)
  lines: list[str] = []
  again = benchmark.test_split("bfs", bfs.data_dir, lines.append)
  _assert_same(again, bfs.feedbacks[0])
  assert _times(folder) == before
  assert not any("building" in line for line in lines)


def test_a_killed_build_is_an_error_then_built_anew(tmp_path: Path) -> None:
  folder = _split(tmp_path, "dfs").parent

  def unfinished() -> list[Path]:
    return list(folder.glob("incomplete*"))

  def kill() -> None:
    _until(unfinished)
    for child in _readers(os.getpid()):
      os.kill(child, signal.SIGKILL)

  killer = threading.Thread(target=kill)
  killer.start()
  with pytest.raises(UserError, match="dfs was killed, most likely for want"):
    benchmark.test_split("dfs", tmp_path, _no_line)
  killer.join()
  assert unfinished()
  found = benchmark.test_split("dfs", tmp_path, _no_line)
  assert len(_samples(found)) == 32
  assert not unfinished()


@pytest.fixture
def other(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
  """Another process that has begun to want a split."""
  code = (
    "import pathlib, sys\n"
    "from tasks.clrs30.data.splits import benchmark\n"
    "path = pathlib.Path(sys.argv[1])\n"
    "benchmark.test_split('bfs', path, lambda line: print(line, flush=True))"
  )
  with subprocess.Popen(
    [sys.executable, "-c", code, tmp_path], cwd=ROOT, stdout=subprocess.PIPE
  ) as process:
    assert process.stdout
    assert b"test split of bfs" in process.stdout.readline()
    yield process
    process.kill()


def test_its_process_goes_with_a_killed_parent(
  other: "subprocess.Popen[bytes]",
) -> None:
  (reader,) = _readers(other.pid)
  other.kill()
  _until(lambda: not _command(reader))


def test_its_process_goes_with_an_interrupt(tmp_path: Path) -> None:
  def interrupt(line: str) -> None:
    assert _readers(os.getpid())
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    benchmark.test_split("bfs", tmp_path, interrupt)
  assert not _readers(os.getpid())


@pytest.mark.parametrize(
  "package",
  [
    "tensorflow",
    # Seconds, for TensorFlow comes first.
    pytest.param("importlib_resources", marks=pytest.mark.slow),
  ],
)
def test_without_tensorflow_says_what_to_install(
  package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  (tmp_path / f"{package}.py").write_text("raise ImportError('not here')")
  monkeypatch.syspath_prepend(tmp_path)
  with pytest.raises(UserError, match=r"not here\): pip install 'actmine.clrs"):
    benchmark.test_split("bfs", tmp_path, _no_line)


def test_a_crash_of_tensorflow_is_an_error(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  (tmp_path / "tensorflow.py").write_text("import os; os.abort()")
  monkeypatch.syspath_prepend(tmp_path)
  with pytest.raises(UserError, match="of bfs died of SIGABRT; try again"):
    benchmark.test_split("bfs", tmp_path, _no_line)


def test_an_unknown_algorithm_is_an_error(tmp_path: Path) -> None:
  with pytest.raises(UserError, match="nearest: bfs"):
    benchmark.test_split("bfss", tmp_path, _no_line)


def test_data_lies_where_tfds_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setenv("TFDS_DATA_DIR", "~/elsewhere")
  assert benchmark.default_data_dir() == Path.home() / "elsewhere"
  monkeypatch.delenv("TFDS_DATA_DIR")
  assert benchmark.default_data_dir() == Path.home() / "tensorflow_datasets"
