"""The page of runs on an objective of a user's own, which gives values."""

from pathlib import Path

import pytest
from matplotlib.text import Text as Label

from evolve.program import Program
from evolve.runs.finalists import AGAIN
from harness.core.fitness import Report
from harness.reporting.document import Figure, Page
from harness.reporting.sections import (
  first_screen,
  lab,
  search,
  strategies,
  verification,
)
from harness.reporting.writers import terminal
from tests.harness.reporting import directories, searches

OBJECTIVE = "mine.py:evaluate@0b1d6e9a"


def _report(value: float) -> Report:
  """As a function's: one task, no skills, no losses."""
  found = directories.report(value)
  first = next(iter(found.scores_by_seed.values()))
  return Report(found.status, "", {"evaluate": first})


def _search(path: Path, mutator: str, value: float) -> Path:
  relu, own = searches.RELU, searches.FIRST
  rows = [
    directories.row(0, relu, _report(0.4)),
    directories.row(1, own, _report(value), Program(relu)),
  ]
  finals = {
    source: (_report(v),) * 3 for source, v in ((relu, 0.4), (own, value))
  }
  return directories.write_search(
    path, rows, finals, suites={AGAIN: OBJECTIVE}, mutator=mutator
  )


def _scores(path: Path) -> Path:
  records = [
    {
      **directories.lab_record(name, value),
      "suite": OBJECTIVE,
      "scores_by_seed": dict(_report(value).scores_by_seed),
      "ood_loss": {},
      "families": {},
    }
    for name, value in (("relu", 0.4), ("gelu", 0.6))
  ]
  settings = {**directories.LAB_SETTINGS, "suite": OBJECTIVE}
  return directories.write_scores(path, "score", records, **settings)


def test_nothing_on_its_page_speaks_of_skill(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  runs = directories.read(
    _search(tmp_path / "evolved", "expression", 0.7),
    _search(tmp_path / "control", "random", 0.5),
    _scores(tmp_path / "scores"),
  )
  first, _ = runs.searches
  sections = [
    verification.section(first, "a", 0),
    *strategies.sections(runs.searches, runs.labs, 0),
    *lab.sections(runs.labs, 0),
    search.section(first, "b", {}),
  ]
  lead = first_screen.blocks(first, "c", {}, 0)
  page = Page("An objective of one's own", lead, sections)
  terminal.write(page)
  drawn = [
    label.get_text()
    for block in page.blocks
    if isinstance(block, Figure)
    for label in block.drawing.findobj(Label)
  ]
  text = " ".join([*capsys.readouterr().out.split(), *drawn])
  assert "difference in value" in text and "best value so far (0 to 1)" in text
  assert "OOD" not in text and "skill" not in text.lower()
