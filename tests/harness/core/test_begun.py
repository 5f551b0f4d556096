"""Paths of a run that goes on."""

import os
from pathlib import Path

import pytest

from harness.core.begun import Begun, directory_of


def test_a_tree_with_its_run_can_be_moved(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  (tmp_path / "old" / "runs").mkdir(parents=True)
  monkeypatch.chdir(tmp_path / "old")
  record = {"directory": directory_of("runs/first"), "sources": {"a.py": "b"}}
  assert Begun.of(record, "runs/first") == ({"a.py": "b"}, "")
  os.rename(tmp_path / "old", tmp_path / "new")
  monkeypatch.chdir(tmp_path)
  begun = Begun.of(record, "new/runs/first")
  assert begun.path("data") == str(tmp_path / "new" / "data")


def test_a_run_of_an_earlier_version_has_no_directory() -> None:
  assert Begun.of({}, "runs/first") == Begun()


@pytest.mark.parametrize(
  ("given", "path", "module"),
  [
    ("a.py", "/there/a.py", "/there/a.py"),
    ("a/b.py", "/there/a/b.py", "/there/a/b.py"),
    ("a.b", "/there/a.b", "a.b"),
    ("/a.py", "/a.py", "/a.py"),
    ("~/a.py", "~/a.py", "~/a.py"),
  ],
)
def test_paths_lie_where_the_run_began(
  given: str, path: str, module: str
) -> None:
  begun = Begun(directory="/there")
  assert (begun.path(given), begun.module(given)) == (path, module)
