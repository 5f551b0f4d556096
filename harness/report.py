"""Reports the findings of runs, with their uncertainty, on one page.

  python -m harness.report --results=runs/first,runs/control

Reads run directories of all commands, writes a self-contained HTML page with
its figures as PNG and SVG files beside it, and prints the tables. An unfinished
run is shown as such; runs of a benchmark that have one protocol share a table.
"""

from pathlib import Path

from absl import flags

from harness.core import entry
from harness.reporting import report

_RESULTS = flags.DEFINE_list(
  "results", [], "run directories, of any command but this one"
)
_OUTPUT = flags.DEFINE_string(
  "output",
  None,
  "the page (default: report.html, in --workdir if that is given); figures go "
  "to a folder beside it; directories are made",
)
_EXPORT = flags.DEFINE_string(
  "export",
  None,
  "directory for the winners as JAX, NumPy and PyTorch functions, and for all "
  "tables of the page as CSV",
)
_WORKDIR = flags.DEFINE_string(
  "workdir",
  None,
  "directory for run.json, run.log and summary.json (default: none)",
)
_RESUME = flags.DEFINE_bool("resume", False, "go on with the run in workdir")
_SEED = flags.DEFINE_integer(
  "seed", 0, "keys the resampling of intervals", lower_bound=0
)


def main() -> None:
  entry.resume(
    may_change=("output", "export"),
    may_grow=("results",),
    paths=("results", "output", "export"),
  )
  workdir = None
  if _WORKDIR.value:
    workdir = entry.open_workdir(_WORKDIR.value, resume=_RESUME.value)
    if workdir.finished:
      workdir.say_finished("its page is made again, from its runs as they are")
  folder = workdir.path if workdir else Path()
  report.report(
    report.Config(
      results=tuple(_RESULTS.value),
      output=Path(_OUTPUT.value) if _OUTPUT.value else folder / "report.html",
      export=Path(_EXPORT.value) if _EXPORT.value else None,
      seed=_SEED.value,
    ),
    workdir,
  )


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
