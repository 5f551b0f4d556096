"""Commands on a real cluster of Ray: the same tables, whatever dies."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.ray_nodes import Nodes, two_nodes

SEARCH = (
  "search", "--num_tasks=3", "--tasks=polynomials", "--steps=20",
  "--num_seeds=2", "--evaluations=24", "--init=relu,gelu", "--top=1",
  "--fresh_seeds=1", "--references=relu", "--workers=1",
)  # fmt: skip
TRAINING = (
  "imagenet", "--dataset=digits", "--activations=relu,gelu", "--seeds=0,1",
  "--epochs=2",
)  # fmt: skip
pytestmark = pytest.mark.slow
_ENVIRONMENT = {"RAY_AUTH_MODE": "disabled", "JAX_PLATFORMS": "cpu"}
_MOST_SECONDS = 400


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nodes]:
  for name, value in _ENVIRONMENT.items():
    monkeypatch.setenv(name, value)
  with two_nodes() as found:
    yield found


def _begin(
  command: tuple[str, ...], workdir: Path, *more: str
) -> subprocess.Popen[str]:
  name, *arguments = command
  module = [sys.executable, "-m", f"harness.{name}", f"--workdir={workdir}"]
  return subprocess.Popen(
    [*module, *arguments, *more],
    cwd=ROOT,
    env={**os.environ, **_ENVIRONMENT},
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
  )


def _end(process: subprocess.Popen[str]) -> str:
  """The output of a command, once it has succeeded."""
  printed, _ = process.communicate(timeout=_MOST_SECONDS)
  assert process.returncode == 0, printed
  return printed


def _wait(is_so: Callable[[], bool], process: subprocess.Popen[str]) -> None:
  deadline = time.monotonic() + _MOST_SECONDS
  while not is_so():
    assert time.monotonic() < deadline and process.poll() is None
    time.sleep(0.1)


def _table(workdir: Path) -> list[tuple[Any, ...]]:
  """The candidates of a search and their reports, but for the time it took."""
  with closing(sqlite3.connect(workdir / "programs.sqlite")) as database:
    rows = database.execute(
      "SELECT slot, id, parents, status, value, report FROM programs "
      "ORDER BY slot"
    ).fetchall()
  return [
    (*row, {k: v for k, v in json.loads(report).items() if k != "seconds"})
    for *row, report in rows
  ]


def _num_candidates(workdir: Path) -> int:
  try:
    return len(_table(workdir))
  except sqlite3.OperationalError:  # Not there yet, or being made.
    return 0


def _accuracies(workdir: Path) -> dict[tuple[str, int], float]:
  lines = (workdir / "scores.jsonl").read_text().splitlines()
  records = [json.loads(line) for line in lines]
  assert len(records) == 4
  return {(r["activation"], r["seed"]): r["top1"] for r in records}


def _of_clusters() -> list[str]:
  """Command lines of processes that a cluster has, and of our workers."""
  found = []
  for folder in Path("/proc").glob("[0-9]*"):
    try:
      line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # It has ended.
      continue
    if line.startswith("ray::") or "raylet/raylet" in line:
      found.append(line)
  return found


def test_a_search_has_the_local_table_whatever_dies(
  nodes: Nodes, tmp_path: Path
) -> None:
  _end(_begin(SEARCH, tmp_path / "here"))
  expected = _table(tmp_path / "here")

  killed = _begin(SEARCH, tmp_path / "driver", f"--ray={nodes.address}")
  _wait(lambda: _num_candidates(tmp_path / "driver") > 6, killed)
  killed.send_signal(signal.SIGKILL)
  killed.communicate()
  assert _num_candidates(tmp_path / "driver") < len(expected)
  resumed = _begin(
    SEARCH[:1], tmp_path / "driver", "--resume", f"--ray={nodes.address}"
  )
  _wait(lambda: _num_candidates(tmp_path / "driver") > 9, resumed)
  nodes.kill_other()
  printed = _end(resumed)
  assert "2 nodes: 2 x" in printed
  assert "is lost; its" in printed
  assert _table(tmp_path / "driver") == expected
  record = json.loads((tmp_path / "driver" / "run.json").read_text())
  assert [node["cpus"] for node in record["nodes"]] == [1, 1]


def test_trainings_go_on_on_the_node_that_is_left(
  nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  # A training has one processor there, and XLA's bits depend on its threads.
  monkeypatch.setenv("NPROC", "1")
  _end(_begin(TRAINING, tmp_path / "here"))
  monkeypatch.delenv("NPROC")
  there = _begin(TRAINING, tmp_path / "there", f"--ray={nodes.address}")
  records = tmp_path / "there" / "scores.jsonl"
  _wait(records.exists, there)
  nodes.kill_other()
  printed = _end(there)
  assert "was lost; it goes on from its checkpoint" in printed
  assert _accuracies(tmp_path / "there") == _accuracies(tmp_path / "here")
  assert not list((tmp_path / "there" / "checkpoints").iterdir())


def test_nothing_is_left_of_a_local_cluster(tmp_path: Path) -> None:
  before = _of_clusters()
  _end(_begin(SEARCH, tmp_path / "ended", "--ray=local"))
  assert _of_clusters() == before
  killed = _begin(SEARCH, tmp_path / "killed", "--ray=local")
  _wait(lambda: _num_candidates(tmp_path / "killed") > 2, killed)
  assert len(_of_clusters()) > len(before)
  killed.send_signal(signal.SIGKILL)
  killed.communicate()
  deadline = time.monotonic() + 180  # Ray's agent looks for its parent rarely.
  while _of_clusters() != before and time.monotonic() < deadline:
    time.sleep(0.5)
  assert _of_clusters() == before
