"""Training runs that travel in pieces."""

from pathlib import Path

import pytest

from tests.bench.accelerator import archive

FILES = {
  "run.json": b"{}",
  "scores.jsonl": b"",
  "checkpoints/bfs-1f3a-seed0.npz": bytes(range(256)) * 40,
}


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
  folder = tmp_path / "run"
  for name, data in (FILES | {"run.log": b"left out"}).items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
  return folder


def test_the_files_of_a_run_come_back(
  workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(archive, "_PIECE", 4096)
  out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
  out.mkdir()
  archive.pack(workdir, archive.files_of(workdir), out)
  assert len(list(out.iterdir())) > 2
  archive.unpack(out, elsewhere)
  found = {
    str(path.relative_to(elsewhere)): path.read_bytes()
    for path in elsewhere.rglob("*")
    if path.is_file()
  }
  assert found == FILES


def test_pieces_of_a_longer_archive_are_removed(
  workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr(archive, "_PIECE", 4096)
  out = tmp_path / "out"
  out.mkdir()
  archive.pack(workdir, archive.files_of(workdir), out)
  (checkpoint,) = (workdir / "checkpoints").iterdir()
  checkpoint.unlink()
  archive.pack(workdir, [*archive.files_of(workdir), checkpoint], out)
  archive.unpack(out, tmp_path / "elsewhere")
  assert sorted(p.name for p in (tmp_path / "elsewhere").iterdir()) == [
    "run.json",
    "scores.jsonl",
  ]
