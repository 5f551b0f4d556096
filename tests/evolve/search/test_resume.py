"""A search that is killed goes on as if nothing had happened."""

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.evolve import processes
from tests.evolve.conftest import Pools
from tests.evolve.search import searching

_EVALUATIONS = 24


def _begin(directory: Path, workers: int) -> subprocess.Popen[str]:
  command = [
    sys.executable,
    "-m",
    "tests.evolve.search.searching",
    str(directory),
  ]
  return subprocess.Popen(
    [*command, str(_EVALUATIONS), str(workers)],
    cwd=ROOT,
    stdout=subprocess.PIPE,
    text=True,
    start_new_session=True,
  )


def _lines(run: subprocess.Popen[str]) -> Iterator[str]:
  assert run.stdout
  return (line.strip() for line in run.stdout)


def _finish(directory: Path, workers: int) -> None:
  with _begin(directory, workers) as run:
    last = list(_lines(run))[-1]
  assert (last, run.returncode) == ("finished", 0)


def _kill(run: subprocess.Popen[str]) -> None:
  """The whole process group, without warning; nothing survives it."""
  left = processes.descendants(run.pid)
  with contextlib.suppress(ProcessLookupError):
    os.killpg(run.pid, signal.SIGKILL)
  run.wait()
  assert processes.all_end(left)


def _recorded(directory: Path) -> list[tuple[Any, ...]]:
  try:
    return searching.table(directory)
  except sqlite3.OperationalError:  # Killed before there was a table.
    return []


def _jobs(directory: Path) -> list[str]:
  path = directory / "jobs.log"
  return path.read_text().splitlines() if path.exists() else []


def _kill_after(directory: Path, workers: int, *, rows: int) -> None:
  """Starts or resumes a run; kills it when it has so many new rows."""
  with _begin(directory, workers) as run:
    new = (line for line in _lines(run) if line.endswith("new"))
    for _ in range(rows):
      next(new, None)
    _kill(run)


def _check_prefix(
  directory: Path, whole: list[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
  """The rows on record, a well-formed prefix of the uninterrupted run."""
  path = directory / "programs.sqlite"
  if path.exists():
    with contextlib.closing(sqlite3.connect(path)) as connection:
      assert connection.execute("PRAGMA integrity_check").fetchall() == [
        ("ok",)
      ]
  rows = _recorded(directory)
  assert rows == whole[: len(rows)]
  return rows


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Path:
  directory = tmp_path_factory.mktemp("uninterrupted")
  _finish(directory, workers=2)
  return directory


@pytest.fixture(scope="module")
def whole(uninterrupted: Path) -> list[tuple[Any, ...]]:
  """The table of a run that nothing interrupts."""
  return searching.table(uninterrupted)


def _survives(
  directory: Path, whole: list[tuple[Any, ...]], kills: list[tuple[int, int]]
) -> None:
  """Kills a run again and again, then lets it finish."""
  for rows, workers in kills:
    before = _check_prefix(directory, whole)
    done, asked = {row[1] for row in before}, len(_jobs(directory))
    _kill_after(directory, workers, rows=rows)
    again = {line.split()[1] for line in _jobs(directory)[asked:]}
    assert not again & done  # Nothing committed is even probed again.
  _check_prefix(directory, whole)
  _finish(directory, workers=1)
  assert searching.table(directory) == whole


@pytest.mark.slow
def test_survives_kills(tmp_path: Path, whole: list[tuple[Any, ...]]) -> None:
  """In generation zero, right after it, and later."""
  kills = [(1, 2), (9, 2), (5, 1)]
  _survives(tmp_path, whole, kills)


@pytest.mark.slow
@pytest.mark.parametrize("keep", [8, 17])
def test_goes_on_from_any_prefix(
  tmp_path: Path,
  uninterrupted: Path,
  whole: list[tuple[Any, ...]],
  keep: int,
  pools: Pools,
) -> None:
  shutil.copy(uninterrupted / "programs.sqlite", tmp_path)
  with contextlib.closing(
    sqlite3.connect(tmp_path / "programs.sqlite")
  ) as connection:
    connection.execute("DELETE FROM programs WHERE slot >= ?", (keep,))
    connection.commit()
  pool = pools(2)
  searching.make(tmp_path, pool, searching.config(_EVALUATIONS)).run()
  assert searching.table(tmp_path) == whole


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_survives_fifty_kills_by_rows(
  tmp_path: Path, whole: list[tuple[Any, ...]], seed: int
) -> None:
  rng = random.Random(seed)
  kills = [(rng.randrange(6), rng.choice((1, 2, 4))) for _ in range(5)]
  _survives(tmp_path, whole, kills)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_survives_fifty_kills_by_time(
  tmp_path: Path, whole: list[tuple[Any, ...]], seed: int
) -> None:
  """From before the workers start to the end of a run."""
  rng = random.Random(seed)
  for _ in range(5):
    with _begin(tmp_path, workers=2) as run:
      time.sleep(rng.uniform(0.1, 8.0))
      _kill(run)
    _check_prefix(tmp_path, whole)
  _finish(tmp_path, workers=2)
  assert searching.table(tmp_path) == whole
