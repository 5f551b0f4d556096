"""The page: a winner and the answers first, then what they rest on."""

import dataclasses
from collections.abc import Callable, Sequence

from harness.reporting.document import (
  Block,
  Column,
  DataTable,
  Formula,
  Page,
  Section,
  Text,
)
from harness.reporting.runs.directory import RunDirectory
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import (
  benchmarks,
  best_function,
  clrs30,
  first_screen,
  free_form,
  images,
  lab,
  molecules,
  search,
  strategies,
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
  show("comparison of strategies")
  sections += strategies.sections(runs.searches, runs.labs, seed)
  show("curves of the best functions")
  curves = best_function.curves_of(runs.searches, free_form.BESIDE)
  sections += free_form.sections(runs.searches, curves)
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
    *(
      molecules.section(run, runs.molecules, f"molecules_{i}")
      for i, run in enumerate(runs.molecules, 1)
    ),
  ]
  over_all = (transfer.section(runs, seed), benchmarks.section(runs, seed))
  sections += filter(None, over_all)
  sections += lab.sections(runs.labs, seed)
  for run, prefix in searches:
    show(f"course of {run.directory.label}")
    sections.append(search.section(run, prefix, curves))
  sections.append(_provenance(runs.directories))
  verified = ((run, prefix) for run, prefix in searches if run.winner)
  first = next(verified, None)
  lead = first_screen.blocks(*first, curves, seed) if first else []
  return Page(
    "Activation functions: findings", lead, _without_repeats(lead, sections)
  )


def _without_repeats(
  lead: Sequence[Block], sections: Sequence[Section]
) -> list[Section]:
  """Sections without paragraphs and formulas that stand further up.

  The same words explain several searches.
  """
  seen = {block for block in lead if isinstance(block, Text | Formula)}

  def is_new(block: Block) -> bool:
    if not isinstance(block, Text | Formula):
      return True
    is_new = block not in seen
    seen.add(block)
    return is_new

  return [
    dataclasses.replace(section, blocks=list(filter(is_new, section.blocks)))
    for section in sections
  ]


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
