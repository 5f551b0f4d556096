"""A whole report: from run directories to a page and its files.

Imports little, so that a mistake is found before JAX is loaded.
"""

import dataclasses
import time
from pathlib import Path

from harness.core.console import Progress, say
from harness.core.workdir import Workdir
from harness.reporting import output
from harness.reporting.runs import directory


@dataclasses.dataclass(frozen=True)
class Config:
  """The runs of a report, and its destinations.

  Attributes:
    results: run directories.
    output: the page; its figures go to a folder of its name.
    export: directory for winners and tables; None for neither.
    seed: keys the resampling of intervals.
  """

  results: tuple[str, ...]
  output: Path
  export: Path | None
  seed: int


def report(config: Config, workdir: Workdir | None) -> None:
  """Writes the page and its files, and prints the tables.

  Args:
    config: the runs, and the files to write.
    workdir: gets run.json and summary.json, if there is one.

  Raises:
    UserError: a run can't be reported, see `directory.read_all` and
      `reading.read`; or a file can't be written.
  """
  start = time.monotonic()
  output.check(config.output)
  directories = directory.read_all(config.results)
  output.make_folder(config.output)

  # Imported here: these take seconds.
  from harness.reporting import export, page
  from harness.reporting.runs import reading
  from harness.reporting.writers import files, html, terminal

  runs = reading.read(directories)
  if workdir:
    workdir.begin(_settings(config), [])
  with Progress() as progress:
    built = page.build(runs, config.seed, progress.show)
    progress.show("drawing")
    html.write(built, config.output)
    figures = config.output.with_suffix("").with_name(
      f"{config.output.stem}_figures"
    )
    files.write_figures(built, figures)
    if config.export:
      export.write(runs, built, config.export)
  terminal.write(built)
  if workdir:
    workdir.finish({"seconds": time.monotonic() - start})
  say(f"the page is {config.output}, its figures are in {figures}")


def _settings(config: Config) -> dict[str, object]:
  return {
    "results": list(config.results),
    "output": str(config.output),
    "export": config.export and str(config.export),
    "seed": config.seed,
  }
