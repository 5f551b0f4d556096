"""Winners as plain functions, and every table of the page as CSV."""

from pathlib import Path

from evolve.translate import LIBRARIES, TranslationError, export
from harness.core import records
from harness.core.console import say
from harness.reporting.document import Page
from harness.reporting.runs.reading import Runs
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.writers import files


def write(runs: Runs, page: Page, folder: Path) -> None:
  """Writes a module for each winner and library, and the tables.

  A winner that a library can't express is reported in one line and left out.

  Args:
    runs: whose searches' winners are written.
    page: whose tables are written.
    folder: is made if need be.
  """
  folder.mkdir(parents=True, exist_ok=True)
  for run in runs.searches:
    _write_winner(run, folder)
  files.write_tables(page, folder)


def _write_winner(run: SearchRun, folder: Path) -> None:
  if run.winner is None:
    say(f"{run.directory.label} has no winner to export: it was not verified")
    return
  row = run.first_rows.get(run.winner.program_id)
  if row is None:  # A reference that is no candidate can't win.
    return
  stem = run.directory.label.replace("/", "_")
  title = f"the winner of {run.directory.label}"
  for name, library in LIBRARIES.items():
    try:
      text = export(row.program.source, title, library)
    except TranslationError as error:
      say(f"{run.directory.label}: {error}")
      continue
    records.write_text(folder / f"{stem}_{name}.py", text)
