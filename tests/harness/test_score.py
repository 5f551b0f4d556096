"""The command, run as a user runs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from evolve import activations
from tests import ROOT
from tests.harness import small_lab
from tests.harness.forked import ForkedCommands
from tests.harness.small_lab import TASKS

SMALL = (*small_lab.FLAGS, "--steps=5", "--num_seeds=3")
CANDIDATE = "def activation(x):\n  return jnp.maximum(x, 0.1 * x)\n"
KEYS = {
  "activation", "suite", "value", "value_ci95", "scores", "id_loss", "ood_loss",
  "families",
  "status", "seconds",
}  # fmt: skip


def _start(*arguments: str) -> subprocess.Popen[str]:
  return subprocess.Popen(
    [sys.executable, "-m", "harness.score", *arguments],
    cwd=ROOT,
    env={**os.environ, "JAX_PLATFORMS": "cpu", "NPROC": "1"},
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  )


def _score(*arguments: str) -> tuple[int, list[str], list[str]]:
  """Exit status, and the lines of standard output and of standard error."""
  with _start(*arguments) as process:
    out, err = process.communicate(timeout=300)
  return process.returncode, out.splitlines(), err.splitlines()


def _lines(path: Path) -> list[dict[str, Any]]:
  return [json.loads(line) for line in path.read_text().splitlines()]


class Run:
  """One run of three activations, of which two are files."""

  def __init__(self, directory: Path):
    self.good = directory / "good.py"
    self.good.write_text(CANDIDATE)
    self.invalid = directory / "invalid.py"
    self.invalid.write_text("import os\n" + CANDIDATE)
    self.names = ["relu", str(self.good), str(self.invalid)]
    self.flags = (f"--activations={','.join(self.names)}", *SMALL)
    self.workdir = directory / "run"
    self.status, self.out, self.err = _score(
      *self.flags, f"--workdir={self.workdir}"
    )

  @property
  def records(self) -> dict[str, dict[str, Any]]:
    records = _lines(self.workdir / "scores.jsonl")
    assert len(records) == len(self.names)
    return {r["activation"]: r for r in records}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
  return Run(tmp_path_factory.mktemp("score"))


def test_every_activation_has_its_record(run: Run) -> None:
  assert (run.status, run.err) == (0, [])
  assert run.records.keys() == set(run.names)
  for record in run.records.values():
    assert record.keys() >= KEYS
    assert record["suite"] == small_lab.LABEL


def test_the_record_of_an_activation(run: Run) -> None:
  for name in ("relu", str(run.good)):
    record = run.records[name]
    assert record["status"] == "OK"
    scores = record["scores"]
    assert set(scores) == set(record["id_loss"]) == set(TASKS)
    assert record["value"] == pytest.approx(sum(scores.values()) / len(TASKS))
    low, high = record["value_ci95"]
    assert 0 <= low <= record["value"] <= high <= 1
    assert record["seconds"] > 0


def test_the_record_of_an_invalid_file(run: Run) -> None:
  record = run.records[str(run.invalid)]
  assert record["status"] == "INVALID"
  assert record["value"] is None
  assert record["value_ci95"] is None
  assert record["scores"] == {}
  assert "os" in record["feedback"]


def test_the_table_and_the_last_line(run: Run) -> None:
  # A busy machine also shows progress.
  out = [line for line in run.out if not line.endswith(" gone")]
  assert out[:2] == [
    f"OOD score on {small_lab.LABEL}, 5 steps x 3 seeds; 95% CI over",
    "  seeds (Student's t)",
  ]
  # Headings may take two lines.
  (head, *_) = (n for n, line in enumerate(out) if line[:10] == "activation")
  out = out[head - 2 :]
  assert out[2].split()[:2] == ["activation", "value"]
  names = dict(zip(("relu", "good", "invalid"), run.names, strict=True))
  ranked = [names[line.split()[0]] for line in out[3:6]]
  values = [run.records[name]["value"] for name in ranked]
  assert values[0] >= values[1]
  assert ranked[2] == str(run.invalid)
  assert "OOD score by family" in out[6:8]  # Columns may be left out.
  assert any(line.startswith("invalid: INVALID: ") for line in out)
  best = next(name for name, given in names.items() if given == ranked[0])
  result = f"{best} {values[0]:.4f}"
  assert out[-1].startswith((f"best: {result}", f"highest: {result}; "))


def test_the_tasks_one_by_one(
  run: Run, tmp_path: Path, commands: ForkedCommands
) -> None:
  """From the records of a run that lacks its summary only."""
  workdir = tmp_path / "run"
  shutil.copytree(run.workdir, workdir)
  (workdir / "summary.json").unlink()
  flags = (*run.flags, f"--workdir={workdir}", "--resume", "--by_task")
  status, printed, err = commands.run("harness.score", *flags)
  assert (status, err) == (0, [])
  out = printed.splitlines()
  start = out.index("OOD score by task, mean over seeds")
  rows = [line.split() for line in out[start + 2 : start + 4]]
  relu = out[start + 1].split().index("relu")
  assert {row[0]: row[relu] for row in rows} == {
    task: f"{score:.3f}"
    for task, score in run.records["relu"]["scores"].items()
  }


def test_run_json_and_summary(run: Run) -> None:
  started = json.loads((run.workdir / "run.json").read_text())
  assert started["schema_version"] == 1
  assert started["settings"]["activations"].keys() == set(run.names)
  assert started["devices"][0].startswith("cpu")
  assert f"--workdir={run.workdir}" in started["argv"]
  summary = json.loads((run.workdir / "summary.json").read_text())
  assert (summary["activations"], summary["ok"]) == (3, 2)
  best = summary["best"]
  assert best["value"] == run.records[best["activation"]]["value"]
  assert (run.workdir / "run.log").exists()


def test_a_workdir_that_holds_a_run_is_refused(
  run: Run, commands: ForkedCommands
) -> None:
  before = (run.workdir / "scores.jsonl").read_bytes()
  status, out, err = commands.run(
    "harness.score", *run.flags, f"--workdir={run.workdir}"
  )
  assert (status, out) == (1, "")
  assert err == [
    f"error: workdir {run.workdir} holds a run; continue it with --resume or "
    "give another --workdir"
  ]
  assert (run.workdir / "scores.jsonl").read_bytes() == before


def test_resuming_a_finished_run_prints_its_table(
  run: Run, commands: ForkedCommands
) -> None:
  before = (run.workdir / "summary.json").read_bytes()
  status, out, err = commands.run(
    "harness.score", f"--workdir={run.workdir}", "--resume"
  )
  assert (status, err) == (0, [])
  first, *table = out.splitlines()
  assert first == (
    f"the run in {run.workdir} has finished; more --activations extend it"
  )
  # A busy machine also showed progress.
  assert table == run.out[-len(table) :]
  assert (run.workdir / "summary.json").read_bytes() == before


def test_a_killed_run_goes_on_to_the_same_records(
  run: Run, tmp_path: Path
) -> None:
  """With another number of workers, after a line that was cut short."""
  flags = (*run.flags, f"--workdir={tmp_path}")
  scores = tmp_path / "scores.jsonl"
  with _start(*flags) as process:
    while not scores.exists() or not scores.read_text().endswith("\n"):
      assert process.poll() is None
      time.sleep(0.02)
    process.kill()
  kept = _lines(scores)
  assert not (tmp_path / "summary.json").exists()
  with scores.open("a") as file:
    file.write(json.dumps(run.records["relu"])[:50])
  status, out, err = _score(f"--workdir={tmp_path}", "--resume", "--workers=1")
  assert (status, err) == (0, [])
  assert out[-1] == run.out[-1]
  assert _lines(scores)[: len(kept)] == kept
  again = {r["activation"]: r | {"seconds": 0} for r in _lines(scores)}
  assert len(_lines(scores)) == len(run.names)
  assert again == {n: r | {"seconds": 0} for n, r in run.records.items()}
  assert (tmp_path / "summary.json").exists()


@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--seed=1", "the run in {} was begun with --seed=0, not with --seed=1; "),
    ("--steps=6", "the run in {} was begun with --steps=5, not with --steps=6"),
    ("--num_seeds=1", "the run in {} has --num_seeds=3; a resumed run can hav"),
  ],
)
def test_resuming_with_other_settings_is_refused(
  run: Run, flag: str, line: str, commands: ForkedCommands
) -> None:
  before = (run.workdir / "run.json").read_bytes()
  status, out, err = commands.run(
    "harness.score", f"--workdir={run.workdir}", "--resume", flag
  )
  assert (status, out) == (1, "")
  assert len(err) == 1
  assert err[0].startswith(f"error: {line.format(run.workdir)}")
  assert (run.workdir / "run.json").read_bytes() == before


@pytest.mark.slow
def test_more_activations_and_more_seeds(
  run: Run, tmp_path: Path, commands: ForkedCommands
) -> None:
  """A file may be gone by then; more seeds begin all activations anew."""
  workdir = shutil.copytree(run.workdir, tmp_path / "run")
  run.good.unlink()
  flags = ("--activations=tanh", "--num_seeds=4", "--resume")
  status, out, err = commands.run(
    "harness.score", *flags, f"--workdir={workdir}"
  )
  run.good.write_text(CANDIDATE)
  assert (status, err) == (0, [])
  found = {r["activation"]: r for r in _lines(workdir / "scores.jsonl")}
  assert found.keys() == {*run.names, "tanh"}
  for name in ("relu", str(run.good), "tanh"):
    by_seed = found[name]["scores_by_seed"].values()
    assert [len(scores) for scores in by_seed] == [4] * len(TASKS)
  shown = {line.split()[0] for line in out.splitlines() if line}
  assert {Path(name).stem for name in found} <= shown


@pytest.mark.parametrize(
  ("flag", "line"),
  [
    (
      "--activations=gelusin",
      "error: unknown activation 'gelusin'; nearest: gelusine",
    ),
    ("--activations=no.py", "error: can't read activation no.py: No such file"),
    ("--activations=", "error: no activation given"),
    ("--suite=labb", "error: unknown suite 'labb'; nearest: lab"),
    (
      "--tasks=polynomial",
      "error: unknown task of lab@2/64/0 'polynomial'; nearest: polynomials",
    ),
    ("--task_module=no_such", "error: task module 'no_such' does not import"),
  ],
)
def test_an_unknown_name_ends_it_before_any_work(
  tmp_path: Path, flag: str, line: str, commands: ForkedCommands
) -> None:
  workdir = f"--workdir={tmp_path / 'run'}"
  status, out, err = commands.run("harness.score", flag, workdir)
  assert (status, out) == (1, "")
  assert len(err) == 1
  assert err[0].startswith(line)
  assert not (tmp_path / "run" / "run.json").exists()


def test_a_workdir_is_required(commands: ForkedCommands) -> None:
  status, out, err = commands.run("harness.score", "--activations=relu")
  assert (status, out) == (1, "")
  assert err == ["error: --workdir is required; e.g. --workdir=runs/first"]


def test_list_activations(commands: ForkedCommands) -> None:
  status, out, err = commands.run("harness.score", "--list_activations")
  assert (status, err) == (0, [])
  lines = [line for line in out.splitlines()[2:] if not line.startswith(" ")]
  *names, last = [line.split()[0] for line in lines]  # Long formulas wrap.
  assert names == list(activations.names())
  assert last == "panel,"


def test_list_tasks(commands: ForkedCommands) -> None:
  flags = ("--list_tasks", *small_lab.FLAGS)
  status, out, err = commands.run("harness.score", *flags)
  assert (status, err) == (0, [])
  assert [line.split()[:2] for line in out.splitlines()[2:]] == [
    [TASKS[0], "polynomials"],
    [TASKS[1], "harmonics"],
  ]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_unfinished(
  tmp_path: Path, number: signal.Signals
) -> None:
  workdir = tmp_path / "run"
  flags = ("--activations=relu", "--steps=100000000", f"--workdir={workdir}")
  with _start(*flags, *small_lab.FLAGS, "--num_seeds=1") as process:
    while not (workdir / "run.json").exists():
      assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
  assert process.returncode == 130, err
  # A busy machine also shows progress.
  assert all(line.endswith(" gone") for line in out.splitlines())
  assert err.startswith("stopped")
  assert "Traceback" not in err
  assert not (workdir / "summary.json").exists()
