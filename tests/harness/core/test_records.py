import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.core import records

RECORDS = [{"n": 1, "text": "a\nb"}, {"n": 2, "text": "ü"}]


def test_jsonl_round_trip(tmp_path: Path) -> None:
  path = tmp_path / "scores.jsonl"
  assert records.read_jsonl(path) == []
  for record in RECORDS:
    records.append_jsonl(path, record)
  assert records.read_jsonl(path) == RECORDS


@pytest.mark.parametrize("torn", [b"{", b'{"n": 3, "text": "\xc3', b'{"n": 3}'])
@pytest.mark.parametrize("whole", [0, 2])
def test_a_torn_line_is_ignored(
  tmp_path: Path, torn: bytes, whole: int
) -> None:
  path = tmp_path / "scores.jsonl"
  path.touch()
  for record in RECORDS[:whole]:
    records.append_jsonl(path, record)
  with open(path, "ab") as file:
    file.write(torn)
  assert records.read_jsonl(path) == RECORDS[:whole]
  records.append_jsonl(path, {"n": 4})
  assert records.read_jsonl(path) == [*RECORDS[:whole], {"n": 4}]


@pytest.mark.parametrize("write", [records.append_jsonl, records.write_json])
def test_nan_is_refused(tmp_path: Path, write: object) -> None:
  assert callable(write)
  with pytest.raises(ValueError):
    write(tmp_path / "file", {"loss": float("nan")})
  assert list(tmp_path.iterdir()) == []


def test_write_json_replaces(tmp_path: Path) -> None:
  path = tmp_path / "run.json"
  records.write_json(path, {"text": "old"})
  records.write_json(path, {"text": "new"})
  assert json.loads(path.read_text()) == {"text": "new"}
  assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("umask", "mode"), [(0o002, 0o664), (0o077, 0o600)])
def test_the_mode_of_a_file_is_that_of_the_umask(
  tmp_path: Path, umask: int, mode: int
) -> None:
  before = os.umask(umask)
  try:
    records.write_text(tmp_path / "best.py", "text")
    records.append_jsonl(tmp_path / "scores.jsonl", {})
  finally:
    os.umask(before)
  modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
  assert modes == {mode}


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
  directory = tmp_path / "run.json"
  directory.mkdir()
  with pytest.raises(OSError):
    records.write_text(directory, "text")
  assert list(tmp_path.iterdir()) == [directory]


def test_text_is_utf_8_in_any_locale(tmp_path: Path) -> None:
  path = tmp_path / "best.py"
  code = (
    "import pathlib; from harness.core import records; "
    f"records.write_text(pathlib.Path({str(path)!r}), '\\u03c3')"
  )
  environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
  subprocess.run(
    [sys.executable, "-X", "utf8=0", "-c", code], check=True, env=environment
  )
  assert path.read_text("utf-8") == "\u03c3"


_WRITER = """
import itertools, pathlib, sys
from harness.core import records
for n in itertools.count():
  records.write_json(pathlib.Path(sys.argv[1]), {"n": n, "pad": [n] * 20000})
"""


def test_kill_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
  path = tmp_path / "summary.json"
  for attempt in range(3):
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)]) as writer:
      while not path.exists():
        time.sleep(0.005)
      # Anywhere in its loop of a few milliseconds.
      time.sleep(0.05 + 0.0017 * attempt)
      writer.kill()
    record = json.loads(path.read_text())
    assert record["pad"] == [record["n"]] * 20000
    path.unlink()
