"""The page: the findings of all runs, the answers first."""

from collections.abc import Callable, Sequence

from harness.reporting.document import Column, DataTable, Page, Section
from harness.reporting.runs.directory import RunDirectory
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import (
  best_function,
  clrs30,
  images,
  lab,
  mutators,
  search,
  transfer,
  verification,
)


def build(runs: Runs, seed: int, show: Callable[[str], None]) -> Page:
  """Makes the page of some runs.

  Args:
    runs: of the report.
    seed: keys every bootstrap.
    show: is told of the section in work.
  """
  searches = [(run, f"search_{i}") for i, run in enumerate(runs.searches, 1)]
  sections: list[Section] = []
  for run, prefix in searches:
    show(f"verification of {run.directory.label}")
    sections.append(verification.section(run, prefix, seed))
  show("comparison of mutators")
  sections += mutators.sections(runs.searches, seed)
  show("benchmarks")
  sections += [
    *(
      clrs30.section(run, runs.clrs30, f"clrs30_{i}")
      for i, run in enumerate(runs.clrs30, 1)
    ),
    *(
      images.section(run, runs.images, f"images_{i}")
      for i, run in enumerate(runs.images, 1)
    ),
  ]
  if relation := transfer.section(runs, seed):
    sections.append(relation)
  sections += lab.sections(runs.labs, seed)
  show("curves of the best functions")
  curves = best_function.curves_of(runs.searches)
  for run, prefix in searches:
    show(f"course of {run.directory.label}")
    sections.append(search.section(run, prefix, curves))
  sections.append(_provenance(runs.directories))
  return Page(
    "Activation functions: findings",
    [finding for section in sections for finding in section.findings],
    sections,
  )


def _provenance(directories: Sequence[RunDirectory]) -> Section:
  names = ("run", "state", "command", "commit", "Python", "JAX", "devices")
  table = DataTable(
    "runs",
    "The runs, each with the command that made it. A commit that ends in + had "
    "changes.",
    [Column(name) for name in names],
    [
      [
        one.label,
        "finished" if one.is_finished else "unfinished",
        one.command_line,
        (one.commit or "unknown")[:12] + ("+" if one.has_changes else ""),
        one.versions.get("python"),
        one.versions.get("jax"),
        ", ".join(one.devices),
      ]
      for one in directories
    ],
  )
  return Section("Runs on this page", [table])
