"""The command, run as a user runs it."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evolve import activations
from evolve.program import Program
from evolve.proposers.tuning.constants import split
from tests import ROOT
from tests.curves import read_curves
from tests.evolve import processes
from tests.harness.forked import ForkedCommands

SMALL = ("--num_tasks=3", "--tasks=polynomials", "--steps=5", "--num_seeds=2")
EVALUATIONS = 7


def _start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
  return subprocess.Popen(
    [sys.executable, "-m", "harness.search", *arguments],
    cwd=ROOT,
    env={**os.environ, "JAX_PLATFORMS": "cpu"},
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
    **options,
  )


def _search(*arguments: str, **options: Any) -> tuple[int, str, list[str]]:
  """Exit status, standard output, and the lines of standard error."""
  with _start(*arguments, **options) as process:
    out, err = process.communicate(timeout=600)
  return process.returncode, out, err.splitlines()


def _table(workdir: Path) -> list[tuple[Any, ...]]:
  if not (path := workdir / "programs.sqlite").exists():
    return []
  with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
    try:
      return database.execute(
        "SELECT slot, id, parents, status, value, source, "
        "report ->> 'outside' IS NOT NULL FROM programs ORDER BY slot"
      ).fetchall()
    except sqlite3.OperationalError:  # The table is not there yet.
      return []


def _wait_for_rows(
  process: subprocess.Popen[str], workdir: Path, count: int
) -> None:
  while len(_table(workdir)) < count:
    assert process.poll() is None, process.communicate()
    time.sleep(0.05)


class Run:
  """A small run from three programs, of which one is not valid."""

  def __init__(self, directory: Path):
    programs = directory / "programs"
    programs.mkdir()
    (programs / "gelu.py").write_text(activations.source("gelu"))
    (programs / "import.py").write_text("import os\n")
    one = directory / "one.py"
    one.write_text(activations.source("relu"))
    self.flags = (
      *SMALL, f"--init={one},{programs}", f"--evaluations={EVALUATIONS}",
      "--top=1", "--lag=2", "--seed=3", "--fresh_seeds=3",
      "--references=relu", "--further_draws=0", "--workers=1",
    )  # fmt: skip
    self.workdir = directory / "run"
    self.status, self.out, self.err = _search(
      *self.flags, f"--workdir={self.workdir}"
    )

  def copy(self, directory: Path) -> Path:
    return Path(shutil.copytree(self.workdir, directory / "copy"))

  def json(self, name: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((self.workdir / name).read_text())
    return record


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
  return Run(tmp_path_factory.mktemp("search"))


def test_it_finishes_with_plain_lines(run: Run) -> None:
  assert (run.status, run.err) == (0, [])
  assert "\x1b" not in run.out
  lines = run.out.splitlines()
  (title,) = [line for line in lines if line.startswith("Best of")]
  assert title.strip().startswith(f"Best of {EVALUATIONS} candidates")
  assert any(line.startswith("relu") for line in lines)
  assert sum("(winner)" in line for line in lines) == 1
  assert any(line.startswith("over the references") for line in lines)
  # Names of directories may be long.
  assert max(len(line) for line in lines[:-2] if " gone" not in line) <= 80
  best = run.workdir / "best.py"
  assert lines[-2:] == [
    f"the winner is in {best}; to score it beside others:",
    f"  python -m harness.score --activations={best},gelu,relu "
    f"--workdir={run.workdir}-best",
  ]


def test_run_json_says_how(run: Run) -> None:
  record = run.json("run.json")
  assert record["argv"][1:] == [*run.flags, f"--workdir={run.workdir}"]
  assert record["settings"]["suite"] == "lab@2/3/0:polynomials"
  assert record["settings"]["mutator"] == "expression"
  assert record["devices"] == ["cpu: cpu"]
  assert record["workers"]["seccomp"] == "applied"


def test_the_table_holds_every_candidate(run: Run) -> None:
  table = _table(run.workdir)
  assert [row[0] for row in table] == list(range(EVALUATIONS))
  assert [row[3] for row in table[:3]] == ["OK", "OK", "INVALID"]
  assert table[2][5] == "import os\n"
  for row in table:
    assert (row[4] is None) == (row[3] != "OK")
  ids = {row[1] for row in table}
  assert {p for row in table[3:] for p in json.loads(row[2])} <= ids


def test_curves_follow_the_slots(run: Run) -> None:
  curves, table = read_curves(run.workdir / "tensorboard"), _table(run.workdir)
  slots = list(range(EVALUATIONS))
  assert all(
    [slot for slot, _ in curves[name]] == slots
    for name in ("best", "ok", "screened", "duplicates", "failed")
  )
  values = {row[0]: row[4] for row in table if row[4] is not None}
  assert dict(curves["value"]) == pytest.approx(values)
  assert curves["best"][-1][1] == pytest.approx(max(values.values()))
  failed = sum(r[3] not in ("OK", "SCREENED", "DUPLICATE") for r in table)
  assert curves["failed"][-1][1] == failed > 0
  assert curves["ok"][-1][1] == len(values)


def test_the_summary_adds_up(run: Run) -> None:
  summary, table = run.json("summary.json"), _table(run.workdir)
  assert summary.keys() == {
    "schema_version", "evaluations", "ok", "failed", "duplicates", "best",
    "seconds", "tabulated", "compilations", "budget", "spent",
  }  # fmt: skip
  statuses = [row[3] for row in table]
  assert summary["evaluations"] == EVALUATIONS
  assert summary["ok"] == statuses.count("OK")
  assert summary["duplicates"] == statuses.count("DUPLICATE")
  assert summary["failed"]["INVALID"] == statuses.count("INVALID")
  total = sum(summary["failed"].values()) + summary["ok"]
  assert total + summary["duplicates"] == EVALUATIONS
  tabulated = sum(row[6] for row in table if row[3] != "DUPLICATE")
  assert summary["tabulated"] == tabulated > 0
  assert summary["compilations"]["train"] > 0
  best = summary["best"]
  (row,) = [row for row in table if row[1] == best["id"] and row[3] == "OK"]
  assert (best["search_value"], best["source"]) == (row[4], row[5])
  assert best["search_value"] == max(r[4] for r in table if r[4] is not None)
  low, high = best["value_ci95"]
  assert low <= best["value"] <= high
  assert 0 <= best["fresh_value"] <= 1 and 0 <= best["heldout_value"] <= 1
  assert best["value"] != best["search_value"]  # On other seeds.


@pytest.mark.slow
def test_score_takes_best_py(run: Run, tmp_path: Path) -> None:
  best = run.workdir / "best.py"
  assert Program(best.read_text()).id == run.json("summary.json")["best"]["id"]
  command = [sys.executable, "-m", "harness.score", f"--activations={best}"]
  subprocess.run(
    [*command, *SMALL, "--seed=3", f"--workdir={tmp_path / 'score'}"],
    cwd=ROOT,
    check=True,
    capture_output=True,
  )
  record = json.loads((tmp_path / "score" / "scores.jsonl").read_text())
  assert record["status"] == "OK"
  # The same seed and fidelity as in the search, which trained a table.
  searched = run.json("summary.json")["best"]["search_value"]
  assert record["value"] == pytest.approx(searched, abs=0.02)


@pytest.mark.parametrize(
  "ends",
  [
    pytest.param([(signal.SIGKILL, 4)], id="once"),
    pytest.param(
      [(signal.SIGTERM, 1), (signal.SIGKILL, 4)],
      id="twice",
      marks=pytest.mark.slow,
    ),
  ],
)
def test_stops_by_signals_and_goes_on_to_the_same_table(
  run: Run,
  ends: list[tuple[signal.Signals, int]],
  tmp_path: Path,
  commands: ForkedCommands,
) -> None:
  flags = (*run.flags, f"--workdir={tmp_path}")
  for number, rows in ends:
    resume = ["--resume"] if _table(tmp_path) else []
    with _start(*flags, *resume) as process:
      _wait_for_rows(process, tmp_path, rows)
      # The rows may all be from before.
      processes.wait_for_children(process.pid, 1)
      left = processes.descendants(process.pid)
      status, out, err = commands.run("harness.search", *flags, "--resume")
      assert (status, out) == (1, "")
      assert len(err) == 1 and "another run is using workdir" in err[0]
      process.send_signal(number)
      _, error = process.communicate(timeout=60)
    if number == signal.SIGKILL:
      assert (process.returncode, error) == (-number, "")
    else:
      assert process.returncode == 130
      assert len(error.splitlines()) == 1 and "--resume" in error
    assert left and processes.all_end(left)
    assert not (tmp_path / "summary.json").exists()
  alone = (f"--workdir={tmp_path}", "--resume", "--workers=2")
  with _start(*alone) as process:
    _wait_for_rows(process, tmp_path, EVALUATIONS)
    process.kill()
  assert _table(tmp_path) == _table(run.workdir)


@pytest.mark.slow
def test_a_finished_run_can_be_made_longer(run: Run, tmp_path: Path) -> None:
  workdir = run.copy(tmp_path)
  flags = (*run.flags, f"--workdir={workdir}", "--resume")
  status, out, err = _search(*flags, f"--evaluations={EVALUATIONS + 2}")
  assert (status, err) == (0, [])
  assert f"Best of {EVALUATIONS + 2} candidates" in out
  table = _table(workdir)
  assert table[:EVALUATIONS] == _table(run.workdir)
  assert len(table) == EVALUATIONS + 2
  summary = json.loads((workdir / "summary.json").read_text())
  assert summary["evaluations"] == EVALUATIONS + 2


def _finals(workdir: Path) -> dict[tuple[str, str], int]:
  """The seeds per task of each verification."""
  path = workdir / "programs.sqlite"
  with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
    rows = database.execute("SELECT id, suite, report FROM finals").fetchall()
  return {
    (i, suite): len(next(iter(json.loads(r)["scores_by_seed"].values())))
    for i, suite, r in rows
  }


@pytest.mark.slow
def test_a_finished_run_can_be_verified_on_more_seeds(
  run: Run, tmp_path: Path
) -> None:
  workdir = run.copy(tmp_path)
  before = _finals(workdir)
  assert set(before.values()) == {3}
  flags = (*run.flags, f"--workdir={workdir}", "--resume", "--fresh_seeds=4")
  status, out, err = _search(*flags)
  assert (status, err) == (0, [])
  assert _table(workdir) == _table(run.workdir)
  assert _finals(workdir) == dict.fromkeys(before, 4)
  assert "4 new seeds" in " ".join(out.split())


def test_resuming_a_finished_run_prints_its_table(
  run: Run, tmp_path: Path, commands: ForkedCommands
) -> None:
  workdir = run.copy(tmp_path)
  before = (workdir / "summary.json").read_bytes()
  status, out, err = commands.run(
    "harness.search", f"--workdir={workdir}", "--resume"
  )
  assert (status, err) == (0, [])
  first, *table = out.splitlines()
  assert first == (
    f"the run in {workdir} has finished; a larger --budget or --evaluations "
    "extends it"
  )
  printed = run.out.replace(str(run.workdir), str(workdir)).splitlines()
  assert table == printed[-len(table) :]
  assert table[0].startswith("Best of")
  assert (workdir / "summary.json").read_bytes() == before


def _untouched(path: Path) -> None:
  """Leaves a workdir as it is."""


def _unfinished(path: Path) -> None:
  (path / "summary.json").unlink()


def _damage(path: Path) -> None:
  _unfinished(path)
  (path / "programs.sqlite").write_bytes(b"spam" * 1000)


@pytest.mark.parametrize(
  "prepare, flags, line",
  [
    (_untouched, [], "holds a run; continue it with --resume"),
    (_untouched, ["--resume", "--evaluations=3"], "has --evaluations=7; a"),
    (_untouched, ["--resume", "--seed=4"], " --seed=3, not with --seed=4"),
    (_untouched, ["--resume", "--steps=6"], " --steps=5, not with --steps=6"),
    (_untouched, ["--resume", "--tasks="], " --tasks=polynomials, not with"),
    (_untouched, ["--resume", "--init=relu"], "programs, not with --init=relu"),
    (_untouched, ["--resume", "--max_flops=9"], "without --max_flops, not wit"),
    (_unfinished, ["--resume", "--mutator=random"], "with --mutator=expressio"),
    (_damage, ["--resume"], "file is not a database"),
  ],
)
def test_a_workdir_with_a_run(
  run: Run,
  tmp_path: Path,
  prepare: Callable[[Path], None],
  flags: list[str],
  line: str,
  commands: ForkedCommands,
) -> None:
  workdir = run.copy(tmp_path)
  prepare(workdir)
  before = _table(workdir) if prepare is not _damage else []
  status, out, err = commands.run(
    "harness.search", f"--workdir={workdir}", *flags
  )
  assert status == 1
  # A busy machine also shows progress.
  (said,) = [x for x in [*out.splitlines(), *err] if not x.endswith(" gone")]
  assert line in said
  if prepare is not _damage:
    assert _table(workdir) == before


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_can_be_continued(
  run: Run, tmp_path: Path
) -> None:
  flags = (*run.flags, f"--workdir={tmp_path}")
  limit = 64 << 10  # Bytes in a file: a few candidates.
  status, _, err = _search(
    *flags,
    preexec_fn=lambda: resource.setrlimit(
      resource.RLIMIT_FSIZE, (limit, limit)
    ),
  )
  assert status == 1
  assert len(err) == 1 and err[0].startswith("error: can't write the database")
  kept = _table(tmp_path)
  assert 0 < len(kept) < EVALUATIONS
  assert kept == _table(run.workdir)[: len(kept)]
  with _start(*flags, "--resume") as process:
    _wait_for_rows(process, tmp_path, len(kept) + 1)
    process.kill()
  assert _table(tmp_path) == _table(run.workdir)[: len(_table(tmp_path))]


@pytest.mark.slow
@pytest.mark.parametrize(
  "mutator", ["expression", "random", "spline", "entropy"]
)
def test_a_whole_small_search(tmp_path: Path, mutator: str) -> None:
  status, out, err = _search(
    *SMALL, f"--workdir={tmp_path}", f"--mutator={mutator}",
    "--evaluations=30", "--top=2",
  )  # fmt: skip
  assert (status, err) == (0, [])
  table = _table(tmp_path)
  assert len(table) == 30
  assert [row[3] for row in table[:24]] == ["OK"] * 24
  bred = [json.loads(row[2]) for row in table[24:]]
  has_parents = mutator in ("expression", "entropy")
  assert all(bool(parents) == has_parents for parents in bred)
  assert "over generation zero" in out


@pytest.mark.slow
def test_constants_are_tuned_and_the_run_says_so(tmp_path: Path) -> None:
  status, _, err = _search(
    *SMALL, f"--workdir={tmp_path}", "--init=relu,gmtu", "--evaluations=8",
    "--top=1", "--fresh_seeds=1", "--tuning_share=0.5",
    "--tuning_evaluations=2",
  )  # fmt: skip
  assert (status, err) == (0, [])
  settings = json.loads((tmp_path / "run.json").read_text())["settings"]
  assert settings["tuning_share"] == 0.5
  assert settings["tuning_evaluations"] == 2
  structure, _ = split(activations.source("gmtu"))
  tuned = [
    split(source)[0]
    for _, _, parents, _, _, source, _ in _table(tmp_path)
    if len(json.loads(parents)) == 1  # Those of the mutator have two.
  ]
  assert tuned[:2] == [structure] * 2
  status, out, _ = _search("--resume", f"--workdir={tmp_path}")
  assert status == 0 and "has finished" in out
