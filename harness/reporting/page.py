"""The page: what all runs together say, the answers first."""

from collections.abc import Callable

from harness.reporting.curves import curves_of
from harness.reporting.document import Column, Page, Section, Table
from harness.reporting.names import Names
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import (
  clrs30,
  comparison,
  images,
  lab,
  search,
  transfer,
  verification,
)


def build(runs: Runs, seed: int, show: Callable[[str], None]) -> Page:
  """Makes the page of some runs.

  Args:
    runs: what it is about.
    seed: keys every bootstrap.
    show: is told what is being worked on.
  """
  names = Names(runs.searches)
  sections: list[Section] = []
  for index, run in enumerate(runs.searches, 1):
    show(f"verification of {run.run.label}")
    sections.append(verification.section(run, f"search_{index}", seed))
  show("comparison of searches")
  sections += comparison.sections(runs.searches, seed)
  show("validation")
  sections += [
    clrs30.section(run, names, f"clrs30_{index}")
    for index, run in enumerate(runs.clrs30, 1)
  ]
  sections += [
    images.section(run, names, f"images_{index}")
    for index, run in enumerate(runs.images, 1)
  ]
  found = transfer.section(runs, names, seed)
  sections += [found] if found else []
  sections += lab.sections(runs.labs, names, seed)
  for index, run in enumerate(runs.searches, 1):
    show(f"course of {run.run.label}")
    sections.append(search.section(run, f"search_{index}", curves_of(run)))
  sections.append(_provenance(runs))
  return Page(
    "Activation functions: what was found",
    [finding for section in sections for finding in section.findings],
    sections,
  )


def _provenance(runs: Runs) -> Section:
  return Section(
    "What this page is made of",
    [
      Table(
        "runs",
        "The runs, each with the command that made it. A commit that ends in "
        "+ had changes.",
        tuple(
          map(
            Column,
            ("run", "state", "command", "commit", "Python", "JAX", "devices"),
          )
        ),
        [
          [
            run.label,
            "finished" if run.is_finished else "unfinished",
            run.command_line,
            (run.commit or "unknown")[:12] + ("+" if run.has_changes else ""),
            run.versions.get("python"),
            run.versions.get("jax"),
            ", ".join(run.devices),
          ]
          for run in runs.all
        ],
      )
    ],
  )
