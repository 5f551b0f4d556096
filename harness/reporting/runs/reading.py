"""All runs of a report, by the command that made them."""

import dataclasses
from collections.abc import Sequence

from evolve import candidates
from harness.reporting.runs import lab_run, search_run, validation_run
from harness.reporting.runs.directory import RunDirectory, page_names
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.runs.validation_run import ValidationRun


@dataclasses.dataclass(frozen=True)
class Runs:
  """The runs of a report.

  Attributes:
    directories: of every run, as they were given.
    searches: of harness.search.
    labs: of harness.score.
    clrs30: of harness.clrs30, one for each protocol.
    images: of harness.imagenet, one for each protocol.
    molecules: of harness.molhiv, one for each protocol.
  """

  directories: tuple[RunDirectory, ...]
  searches: tuple[SearchRun, ...]
  labs: tuple[LabRun, ...]
  clrs30: tuple[ValidationRun, ...]
  images: tuple[ValidationRun, ...]
  molecules: tuple[ValidationRun, ...]


def read(directories: Sequence[RunDirectory]) -> Runs:
  """Reads the results in run directories.

  Activations get one name in all of them: that of a named activation, else
  "winner of" and the label of a search, else see `page_names`.

  Raises:
    UserError: a file is missing or damaged.
  """

  def of(command: str) -> list[RunDirectory]:
    return [one for one in directories if one.command == command]

  searches = tuple(map(search_run.read, of("search")))
  winners = {
    run.winner.program_id: f"winner of {run.directory.label}"
    for run in searches
    if run.winner
  }
  names = page_names(directories, winners | candidates.names_by_id())
  return Runs(
    directories=tuple(directories),
    searches=searches,
    labs=tuple(lab_run.read(one, names) for one in of("score")),
    clrs30=validation_run.read(of("clrs30"), names),
    images=validation_run.read(of("imagenet"), names),
    molecules=validation_run.read(of("molhiv"), names),
  )
