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
    (("tests",), "no/page.html", "no directory no for --output"),
  ],
)
def test_a_mistake_is_one_line(
  results: tuple[str, ...], output: str, message: str
) -> None:
  with pytest.raises(UserError) as caught:
    _report(*results, output=output)
  assert str(caught.value).startswith(message)
  assert "\n" not in str(caught.value)


def test_suites_of_different_versions_are_refused(tmp_path: Path) -> None:
  for suite in ("lab@1", "lab@2"):
    directories.write_run(tmp_path / suite, "search", {"suite": suite})
  with pytest.raises(UserError, match=r"is of lab@1, .* of lab@2"):
    _report(tmp_path / "lab@1", tmp_path / "lab@2")


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
