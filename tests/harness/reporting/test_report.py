"""Mistakes in the settings of a report, found before JAX is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from evolve import activations
from harness.core.errors import UserError
from harness.reporting import report
from tests import ROOT
from tests.harness.reporting import directories

# Modules that take seconds to import.
HEAVY = ("jax", "matplotlib", "scipy", "rliable", "evolve")


def _report(*results: Path | str, output: str = "page.html") -> None:
  results = tuple(map(str, results))
  report.report(report.Config(results, Path(output), None, 0), None)


@pytest.mark.parametrize(
  ("results", "output", "message"),
  [
    ((), "page.html", "no run is given"),
    (("nowhere",), "page.html", "no directory nowhere"),
    (("tests",), "page.html", "tests holds no run"),
    (("tests",), "page.pdf", "--output=page.pdf is no page"),
  ],
)
def test_a_mistake_is_one_line(
  results: tuple[str, ...], output: str, message: str
) -> None:
  with pytest.raises(UserError) as caught:
    _report(*results, output=output)
  assert str(caught.value).startswith(message)
  assert "\n" not in str(caught.value)


def test_the_directory_of_the_page_is_made(tmp_path: Path) -> None:
  """Suites of different versions have sections of their own on it."""
  paths = []
  for suite in ("lab@1", "lab@2"):
    settings = {**directories.LAB_SETTINGS, "suite": suite}
    scores = [directories.lab_record("relu", 0.5)]
    paths.append(
      directories.write_scores(tmp_path / suite, "score", scores, **settings)
    )
  page = tmp_path / "new" / "folder" / "page.html"
  _report(*paths, output=str(page))
  text = page.read_text()
  assert "lab@1, 5 steps x 4 seeds, seed 0" in text
  assert "lab@2, 5 steps x 4 seeds, seed 0" in text


def test_a_directory_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
  run = directories.write_run(tmp_path / "run", "score", {})
  (tmp_path / "file").touch()
  output = tmp_path / "file" / "page.html"
  with pytest.raises(UserError, match=rf"can't make .*--output={output}: "):
    _report(run, output=str(output))


def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
  rows = [directories.row(0, activations.source("relu"), directories.report(1))]
  path = directories.write_search(tmp_path, rows, {})
  (path / "programs.sqlite").write_bytes(b"SQLite format 3\0 and no more")
  with pytest.raises(UserError, match=r"programs\.sqlite is damaged"):
    _report(path)


def test_mistakes_are_found_before_anything_large_is_imported() -> None:
  code = (
    "import sys, harness.reporting.report\n"
    f"print({{name.split('.')[0] for name in sys.modules}} & {set(HEAVY)})"
  )
  done = subprocess.run(
    [sys.executable, "-c", code],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  assert done.stdout == "set()\n"
