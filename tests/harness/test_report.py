"""The command and its page, on runs that commands have made."""

import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from evolve import activations, language
from evolve.program import Program
from harness.core.fitness import Report, Status
from harness.reporting import page, statistics
from harness.reporting.report import Config
from harness.reporting.report import report as write_report
from harness.reporting.writers import html
from tests import ROOT
from tests.harness.forked import ForkedCommands
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  read,
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
# The least that a real search takes to have a page with everything in it.
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


def _search(path: Path, found: str, value: float, mutator: str) -> Path:
  """A search that found one program, and verified it."""
  rows = [
    row(0, RELU, report(0.5)),
    row(1, GELU, report(0.6), niche=(3, 1, 3, 1)),
    row(2, found, report(value), Program(GELU), niche=(4, 1, 3, 2)),
    row(3, "while True: pass", Report(Status.INVALID, "no")),
  ]
  finals = {
    found: (report(value - 0.05), report(value - 0.05), report(0.5)),
    GELU: (report(0.6), report(0.6), report(0.5)),
    RELU: (report(0.5),) * 3,
  }
  zero = [Program(RELU).id, Program(GELU).id]
  return write_search(path, rows, finals, mutator=mutator, generation_zero=zero)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
  """Evolution, its control, scores of a few activations, a killed search."""
  folder = tmp_path_factory.mktemp("runs")
  records = [lab_record("relu", 0.5), lab_record("gelu", 0.6)]
  rows = [row(0, RELU, report(0.5))]
  return [
    _search(folder / "expression", EVOLVED, 0.75, "expression"),
    _search(folder / "random", RANDOM, 0.65, "random"),
    write_scores(folder / "lab", "score", records, **LAB_SETTINGS),
    write_search(
      folder / "killed", rows, {}, finished=False, suite="lab@1+my.tasks"
    ),
  ]


@pytest.fixture(scope="module")
def made(
  runs: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
  """The directory of the report of the runs, and its output.

  Made in this process, with cheap bootstraps.
  """
  folder = tmp_path_factory.mktemp("report")
  config = Config(
    results=tuple(map(str, runs)),
    output=folder / "report.html",
    export=folder / "export",
    seed=0,
  )
  out = io.StringIO()
  with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
    patch.setattr(statistics, "RESAMPLES", 50)
    write_report(config, None)
  return folder, out.getvalue()


@pytest.fixture(scope="module")
def commanded(
  runs: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
  """The directory of their report by the command."""
  folder = tmp_path_factory.mktemp("commanded")
  status, out, err = _run(
    "report",
    f"--results={','.join(map(str, runs))}",
    f"--workdir={folder}",
    f"--export={folder / 'export'}",
  )
  assert (status, err) == (0, [])
  assert out.splitlines()[-1].startswith("the page is ")
  return folder


def test_the_page_has_its_figures_beside_it(made: tuple[Path, str]) -> None:
  folder, out = made
  text = (folder / "report.html").read_text()
  assert out.splitlines()[-1] == (
    f"the page is {folder / 'report.html'}, its figures are in "
    f"{folder / 'report_figures'}"
  )
  figures = folder / "report_figures"
  names = {p.stem for p in figures.iterdir()}
  assert {p.name for p in figures.iterdir()} == {
    f"{name}.{kind}" for name in names for kind in ("png", "svg")
  }
  assert text.count("<svg") == len(names) > 8
  assert "expression against random, 4 candidates each" in text
  assert "killed is unfinished: 1 of 1 candidates" in text
  assert "Suite lab@1+my.tasks; an evaluation" in text
  assert "<math" in text


@pytest.mark.parametrize("width", [380, 1200])
def test_tables_fit_a_screen_and_a_phone(
  made: tuple[Path, str], browser: Browser, width: int
) -> None:
  folder, _ = made
  tab = browser.new_page(viewport={"width": width, "height": 900})
  tab.goto((folder / "report.html").as_uri())
  tables = tab.locator(".scroll").all()
  hidden = "element => element.scrollWidth - element.clientWidth"
  assert {table.evaluate(hidden) for table in tables} == {0}
  assert tab.evaluate("document.documentElement.scrollWidth") == width
  tab.close()


def test_no_paragraph_stands_twice(made: tuple[Path, str]) -> None:
  folder, _ = made
  text = (folder / "report.html").read_text()
  paragraphs = re.findall("<p>(.*?)</p>|<dd>(.*?)</dd>", text)
  paragraphs = [p for p in paragraphs if p != ("Removed from the parent:", "")]
  assert len(paragraphs) == len(set(paragraphs)) > 5
  assert text.count('<div class="formula"') == 3  # One for each search.


def test_tables_and_findings_go_to_the_terminal(made: tuple[Path, str]) -> None:
  out = " ".join(made[1].split())  # Sentences wrap.
  assert "it is better than gelu" in out
  assert "not shown to differ from gelu" in out  # On held-out tasks.
  assert "The winner minus well-known functions" in out


@pytest.mark.slow  # It computes all intervals anew.
def test_a_finished_report_says_so(
  commanded: Path, runs: list[Path], commands: ForkedCommands
) -> None:
  folder = commanded
  record = json.loads((folder / "run.json").read_text())
  assert record["settings"]["results"] == list(map(str, runs))
  assert (folder / "summary.json").exists()
  flags = (f"--workdir={folder}", "--resume")
  status, out, err = commands.run("harness.report", *flags)
  assert (status, err) == (0, [])
  assert "has finished" in out


def test_winners_are_exported(made: tuple[Path, str], runs: list[Path]) -> None:
  folder = made[0] / "export"
  x = np.linspace(-8.0, 8.0, 201, dtype=np.float32)
  for run, source in zip(runs, (EVOLVED, RANDOM), strict=False):
    expected = np.asarray(language.load(source)(x))
    for library in ("jax", "numpy"):
      text = (folder / f"{run.name}_{library}.py").read_text()
      module: dict[str, object] = {}
      exec(compile(text, library, "exec"), module)
      found = module["activation"](x)
      assert np.asarray(found) == pytest.approx(expected, rel=1e-5, abs=1e-5)
    torch = folder / f"{run.name}_torch.py"
    compile(torch.read_text(), torch.name, "exec")


def test_tables_are_exported(made: tuple[Path, str]) -> None:
  files = {p.stem: p for p in (made[0] / "export").glob("*.csv")}
  assert {"runs", "search_1_finalists", "comparison_1_winners"} <= set(files)
  with files["runs"].open() as file:
    header, *rows = csv.reader(file)
  assert header[:3] == ["run", "state", "command"]
  assert [r[:2] for r in rows] == [
    ["expression", "finished"], ["random", "finished"], ["lab", "finished"],
    ["killed", "unfinished"],
  ]  # fmt: skip


@pytest.mark.slow
def test_the_same_runs_give_the_same_page(
  made: tuple[Path, str], commanded: Path, runs: list[Path]
) -> None:
  again = html.render(page.build(read(*runs), 0, lambda _: None))
  assert again == (commanded / "report.html").read_text()
  files = {path.name for path in (made[0] / "export").iterdir()}
  assert files == {path.name for path in (commanded / "export").iterdir()}


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    ((), "error: no run is given; e.g. --results=runs/first,runs/control"),
    (("--results=tests",), "error: tests holds no run"),
    (("--result=tests",), "error: unknown flag 'result'; nearest: results"),
  ],
)
def test_a_mistake_is_one_line(
  arguments: tuple[str, ...], message: str, commands: ForkedCommands
) -> None:
  status, _, err = commands.run("harness.report", *arguments)
  assert status in (1, 2)
  assert len(err) == 1 and err[0].startswith(message)


@pytest.mark.slow
def test_real_searches_from_commands_to_page(tmp_path: Path) -> None:
  for mutator in ("expression", "random"):
    workdir = f"--workdir={tmp_path / mutator}"
    status, _, err = _run("search", *SMALL, workdir, f"--mutator={mutator}")
    assert (status, err) == (0, [])
  results = f"--results={tmp_path / 'expression'},{tmp_path / 'random'}"
  path, folder = tmp_path / "page.html", tmp_path / "export"
  status, _, err = _run(
    "report", results, f"--output={path}", f"--export={folder}"
  )
  assert (status, err) == (0, [])
  assert "expression against random, the work of " in path.read_text()
  x = np.linspace(-8.0, 8.0, 201, dtype=np.float32)
  best = (tmp_path / "expression" / "best.py").read_text()
  module: dict[str, object] = {}
  exec((folder / "expression_jax.py").read_text(), module)
  assert np.asarray(module["activation"](x)) == pytest.approx(
    np.asarray(language.load(best)(x)), rel=1e-5, abs=1e-5
  )
