"""The command, run as a user runs it, on runs that commands have made."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evolve import activations, language
from evolve.program import Program
from harness.core.fitness import Report, Status
from tests import ROOT
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  report,
  row,
  write_scores,
  write_search,
)

RELU, GELU = activations.source("relu"), activations.source("gelu")
EVOLVED = """def activation(x):
  amplitude = 0.25
  return jax.nn.gelu(x) + amplitude * jnp.sin(x)
"""
RANDOM = "def activation(x):\n  return jnp.maximum(x, jnp.tanh(x))\n"
# What real searches take to have a page with everything in it.
SMALL = ("--tasks=harmonics", "--steps=3", "--num_seeds=2", "--fresh_seeds=3",
         "--init=relu,gelu,sin", "--evaluations=14", "--top=3")  # fmt: skip


def _run(module: str, *arguments: str) -> tuple[int, str, list[str]]:
  """Exit status, standard output, and the lines of standard error."""
  done = subprocess.run(
    [sys.executable, "-m", f"harness.{module}", *arguments],
    cwd=ROOT,
    env={**os.environ, "JAX_PLATFORMS": "cpu"},
    capture_output=True,
    text=True,
    timeout=600,
    check=False,
  )
  return done.returncode, done.stdout, done.stderr.splitlines()


def _search(path: Path, found: str, value: float, mutator: str) -> str:
  """A search that found one program, and verified it."""
  rows = [
    row(0, RELU, report(0.5)),
    row(1, GELU, report(0.6), niche=(3, 1, 3, 1)),
    row(2, found, report(value), Program(GELU), niche=(4, 1, 3, 2)),
    row(3, "while True: pass", Report(Status.INVALID, "no")),
  ]
  finals = {
    found: (report(value - 0.05), report(0.5)),
    GELU: (report(0.6), report(0.5)),
    RELU: (report(0.5), report(0.5)),
  }
  zero = [Program(RELU).id, Program(GELU).id]
  return str(
    write_search(path, rows, finals, mutator=mutator, generation_zero=zero)
  )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
  """Evolution, its control, and scores of a few named activations."""
  folder = tmp_path_factory.mktemp("runs")
  records = [lab_record("relu", 0.5), lab_record("gelu", 0.6)]
  return [
    _search(folder / "expression", EVOLVED, 0.75, "expression"),
    _search(folder / "random", RANDOM, 0.65, "random"),
    str(write_scores(folder / "lab", "score", records, **LAB_SETTINGS)),
  ]


@pytest.fixture(scope="module")
def made(
  runs: list[str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
  """Where the report of the runs is, and what it printed."""
  folder = tmp_path_factory.mktemp("report")
  status, out, err = _run(
    "report",
    f"--results={','.join(runs)}",
    f"--workdir={folder}",
    f"--export={folder / 'export'}",
  )
  assert (status, err) == (0, [])
  return folder, out


def test_the_page_and_its_figures(made: tuple[Path, str]) -> None:
  folder, out = made
  page = (folder / "report.html").read_text()
  assert out.splitlines()[-1] == (
    f"the page is {folder / 'report.html'}, its figures are in "
    f"{folder / 'report_figures'}"
  )
  figures = folder / "report_figures"
  names = {p.stem for p in figures.iterdir()}
  assert {p.name for p in figures.iterdir()} == {
    f"{name}.{kind}" for name in names for kind in ("png", "svg")
  }
  assert page.count("<svg") == len(names) > 8
  assert "expression against random, 4 candidates each" in page
  assert "<math" in page


def test_tables_and_findings_go_to_the_terminal(made: tuple[Path, str]) -> None:
  _, out = made
  assert "better than gelu (+0.100" in out
  assert "indistinguishable from gelu" in out  # On held-out tasks.
  assert "The winner minus well-known functions" in out


def test_run_json_and_summary(made: tuple[Path, str], runs: list[str]) -> None:
  folder, _ = made
  record = json.loads((folder / "run.json").read_text())
  assert record["settings"]["results"] == runs
  assert (folder / "summary.json").exists()
  status, out, err = _run("report", f"--workdir={folder}", "--resume")
  assert (status, err) == (0, [])
  assert "has finished" in out


def test_winners_are_exported(made: tuple[Path, str], runs: list[str]) -> None:
  folder = made[0] / "export"
  x = np.linspace(-8.0, 8.0, 201, dtype=np.float32)
  for run, source in zip(runs, (EVOLVED, RANDOM), strict=False):
    expected = np.asarray(language.load(source)(x))
    for library in ("jax", "numpy"):
      text = (folder / f"{Path(run).name}_{library}.py").read_text()
      module: dict[str, object] = {}
      exec(compile(text, library, "exec"), module)
      found = module["activation"](x)
      assert np.asarray(found) == pytest.approx(expected, rel=1e-5, abs=1e-5)
    torch = folder / f"{Path(run).name}_torch.py"
    compile(torch.read_text(), torch.name, "exec")


def test_tables_are_exported(made: tuple[Path, str]) -> None:
  files = {p.stem: p for p in (made[0] / "export").glob("*.csv")}
  assert {"runs", "search_1_finalists", "comparison_1_winners"} <= set(files)
  with files["runs"].open() as file:
    header, *rows = csv.reader(file)
  assert header[:3] == ["run", "state", "command"]
  assert [r[:2] for r in rows] == [
    ["expression", "finished"], ["random", "finished"], ["lab", "finished"]
  ]  # fmt: skip


def test_the_same_runs_give_the_same_page(
  made: tuple[Path, str], runs: list[str], tmp_path: Path
) -> None:
  page = tmp_path / "again.html"
  status, _, err = _run(
    "report", f"--results={','.join(runs)}", f"--output={page}"
  )
  assert (status, err) == (0, [])
  assert page.read_bytes() == (made[0] / "report.html").read_bytes()


def test_an_unfinished_search_is_shown_as_such(tmp_path: Path) -> None:
  rows = [
    row(0, RELU, report(0.5)),
    row(1, "while True: pass", Report(Status.INVALID, "no")),
  ]
  write_search(tmp_path / "killed", rows, {}, finished=False)
  page = tmp_path / "page.html"
  status, out, err = _run(
    "report", f"--results={tmp_path / 'killed'}", f"--output={page}"
  )
  assert (status, err) == (0, [])
  assert "unfinished" in out.lower()
  assert "unfinished" in page.read_text().lower()


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ((), "error: no run is given; e.g. --results=runs/first,runs/control"),
    (("--results=nowhere",), "error: no directory nowhere"),
    (("--results=tests",), "error: tests holds no run"),
    (("--results=tests", "--output=page.pdf"), "error: --output=page.pdf"),
    (("--results=tests", "--output=no/page.html"), "error: no directory no"),
    (("--result=tests",), "error: unknown flag 'result'; nearest: results"),
  ],
)
def test_a_mistake_is_one_line(
  arguments: tuple[str, ...], message: str
) -> None:
  status, _, err = _run("report", *arguments)
  assert status in (1, 2)
  assert len(err) == 1 and err[0].startswith(message)


def test_suites_of_different_versions_are_refused(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5))]
  paths = [
    str(write_search(tmp_path / suite, rows, {}, suite=suite))
    for suite in ("lab@1", "lab@2")
  ]
  status, _, err = _run("report", f"--results={','.join(paths)}")
  assert status == 1
  assert len(err) == 1 and "is of lab@1" in err[0]


def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5))]
  path = write_search(tmp_path, rows, {})
  (path / "programs.sqlite").write_bytes(b"SQLite format 3\0 and no more")
  status, _, err = _run("report", f"--results={path}")
  assert status == 1
  assert len(err) == 1 and "programs.sqlite is damaged" in err[0]


@pytest.mark.slow
def test_real_searches_from_commands_to_page(tmp_path: Path) -> None:
  for mutator in ("expression", "random"):
    workdir = f"--workdir={tmp_path / mutator}"
    status, _, err = _run("search", *SMALL, workdir, f"--mutator={mutator}")
    assert (status, err) == (0, [])
  results = f"--results={tmp_path / 'expression'},{tmp_path / 'random'}"
  page, folder = tmp_path / "page.html", tmp_path / "export"
  status, _, err = _run(
    "report", results, f"--output={page}", f"--export={folder}"
  )
  assert (status, err) == (0, [])
  assert "expression against random, 14 candidates each" in page.read_text()
  x = np.linspace(-8.0, 8.0, 201, dtype=np.float32)
  best = (tmp_path / "expression" / "best.py").read_text()
  module: dict[str, object] = {}
  exec((folder / "expression_jax.py").read_text(), module)
  assert np.asarray(module["activation"](x)) == pytest.approx(
    np.asarray(language.load(best)(x)), rel=1e-5, abs=1e-5
  )
