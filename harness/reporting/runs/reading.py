"""All runs of a report, by what they are; refuses those that don't compare."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from harness.core.errors import UserError
from harness.reporting.runs import lab_run, run, search_run, validation_run
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.run import Run
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.runs.validation_run import ValidationRun


@dataclasses.dataclass(frozen=True)
class Runs:
  """What a report is made of.

  Attributes:
    all: every run, as it was given.
    searches: of harness.search.
    labs: of harness.score.
    clrs30: of harness.clrs30.
    images: of harness.imagenet.
  """

  all: tuple[Run, ...]
  searches: tuple[SearchRun, ...]
  labs: tuple[LabRun, ...]
  clrs30: tuple[ValidationRun, ...]
  images: tuple[ValidationRun, ...]


def read_all(paths: Sequence[str]) -> Runs:
  """Reads run directories.

  Raises:
    UserError: none is given, one is no run or is damaged, or two are of
      different versions of a suite.
  """
  if not paths:
    raise UserError("no run is given; e.g. --results=runs/first,runs/control")
  unique = list(dict.fromkeys(Path(path) for path in paths))
  labels = _labels(unique)
  found = [run.read(path, labels[path]) for path in unique]
  for one in found:
    if one.command not in ("search", "score", "clrs30", "imagenet"):
      raise UserError(
        f"{one.path} is a run of {one.command}, which has no place in a report"
      )
  runs = Runs(
    tuple(found),
    tuple(search_run.read(r) for r in found if r.command == "search"),
    tuple(lab_run.read(r) for r in found if r.command == "score"),
    tuple(validation_run.read(r) for r in found if r.command == "clrs30"),
    tuple(validation_run.read(r) for r in found if r.command == "imagenet"),
  )
  _check_versions(runs.all)
  return runs


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
  """The shortest ends of the paths that tell them apart."""
  for count in range(1, 1 + max(len(path.parts) for path in paths)):
    labels = {path: "/".join(path.parts[-count:]) for path in paths}
    if len(set(labels.values())) == len(paths):
      break
  return labels


def _check_versions(runs: Sequence[Run]) -> None:
  """Scores on different versions of a suite never stand beside each other."""
  first: dict[str, tuple[str, Path]] = {}
  for one in runs:
    for setting in ("suite", "heldout"):
      suite = str(one.settings.get(setting, ""))
      name, _, _ = suite.partition("@")
      known, path = first.setdefault(name, (suite, one.path))
      if known != suite:
        raise UserError(
          f"{path} is of {known}, {one.path} of {suite}: scores on different "
          "versions of a suite don't compare; report them apart"
        )
