"""Runs of harness.clrs30, .imagenet and .molhiv: benchmarks no search sees.

Runs of one protocol become one, wherever each of them was made.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import parameters
from harness.core.parameters import Learned
from harness.core.trainings.wording import setting_differences
from harness.reporting.runs.directory import (
  RunDirectory,
  damaged,
  page_name,
  read_scores,
)

# Fields that tell trainings of a protocol apart, then those of their tests.
_KEYS = {
  "clrs30": ("algorithm", "activation", "seed"),
  "imagenet": ("dataset", "activation", "seed"),
  "molhiv": ("dataset", "activation", "seed"),
}
_FIELDS = {
  "clrs30": ("test_score", "diverged_step"),
  "imagenet": ("top1", "top5"),
  "molhiv": ("test_auc", "val_auc"),
}
# Settings that may differ between runs of one protocol; of algorithm_files,
# labels of other algorithms.
_FREE = (
  "algorithms",
  "algorithm_files",
  "activations",
  "seeds",
  "seeds_per_program",
  "merged",
)
_NUM_LABELS = 3  # Of runs that are listed in a label.


@dataclasses.dataclass(frozen=True)
class ValidationRun:
  """Runs of a benchmark by one protocol, finished or not, taken together.

  Attributes:
    directories: one or more, in the order given.
    scores: lines of scores.jsonl, one for each training; "activation" is the
      name on the page.
    conflicts: sentences on trainings with different scores in two of the runs,
      of which the first is taken.
  """

  directories: tuple[RunDirectory, ...]
  scores: tuple[Mapping[str, Any], ...]
  conflicts: tuple[str, ...]

  @property
  def label(self) -> str:
    """Its name on the page."""
    labels = [one.label for one in self.directories]
    if len(labels) > _NUM_LABELS:
      more = len(labels) - _NUM_LABELS + 1
      labels = [*labels[: _NUM_LABELS - 1], f"{more} more runs"]
    return " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))

  @property
  def settings(self) -> Mapping[str, Any]:
    """The settings of its protocol, and others of its first run."""
    return self.directories[0].settings

  @property
  def learned(self) -> list[tuple[str, dict[str, Learned]]]:
    """The trained parameters of each training, by its activation."""
    return [
      (score["activation"], parameters.from_json(score.get("parameters", {})))
      for score in self.scores
    ]

  @property
  def remarks(self) -> list[str]:
    """Sentences on what is not there, or there twice."""
    unfinished = [one.label for one in self.directories if not one.is_finished]
    found = list(self.conflicts)
    if unfinished:
      found.append(
        f"Unfinished: {', '.join(unfinished)}; {len(self.scores)} trainings "
        "have a record so far."
      )
    return found

  def apart_from(self, others: Sequence["ValidationRun"]) -> list[str]:
    """Sentences on other runs that are not taken together with these."""
    return [
      f"Not taken together with {other.label}, which has "
      f"{', '.join(self.differences(other))}."
      for other in others
      if other is not self
    ]

  @property
  def algorithm_files(self) -> dict[str, str]:
    """Labels of the files of algorithms; those of CLRS-30 have none."""
    return _algorithm_files(self.directories)

  def differences(self, other: "ValidationRun") -> list[str]:
    """Settings of another run's protocol that this one does not have."""
    mine, theirs = self.algorithm_files, other.algorithm_files
    return setting_differences(
      _protocol(other.settings) | {n: theirs[n] for n in theirs if n in mine},
      _protocol(self.settings) | {n: mine[n] for n in mine if n in theirs},
    )


def read(
  directories: Sequence[RunDirectory], names: Mapping[str, str]
) -> tuple[ValidationRun, ...]:
  """Reads scores.jsonl of runs of one command.

  Args:
    directories: of the runs.
    names: of activations on the page, by program id.

  Returns:
    One for each protocol.

  Raises:
    UserError: a file is damaged.
  """
  by_protocol: list[list[RunDirectory]] = []
  for one in directories:
    for several in by_protocol:
      if _is_one_protocol(several, one):
        several.append(one)
        break
    else:
      by_protocol.append([one])
  return tuple(_together(several, names) for several in by_protocol)


def _is_one_protocol(
  several: Sequence[RunDirectory], one: RunDirectory
) -> bool:
  """True if settings agree, and so do files of algorithms that both have."""
  known = _algorithm_files(several)
  return _protocol(several[0].settings) == _protocol(one.settings) and all(
    known.get(name, label) == label
    for name, label in _algorithm_files([one]).items()
  )


def _algorithm_files(directories: Sequence[RunDirectory]) -> dict[str, str]:
  """Labels by algorithm; earlier versions have none."""
  return {
    name: label
    for one in directories
    for name, label in one.settings.get("algorithm_files", {}).items()
  }


def _protocol(settings: Mapping[str, Any]) -> dict[str, Any]:
  """Settings that decide results; None is what earlier versions leave out."""
  return {k: v for k, v in settings.items() if k not in _FREE and v is not None}


def _together(
  directories: Sequence[RunDirectory], names: Mapping[str, str]
) -> ValidationRun:
  found: dict[tuple[Any, ...], tuple[Mapping[str, Any], RunDirectory]] = {}
  conflicts = []
  for one in directories:
    for line in _lines(one, names):
      key = tuple(line[field] for field in _KEYS[one.command])
      first, home = found.setdefault(key, (line, one))
      if differing := _differing(first, line):
        conflicts.append(
          f"{key[0]}, {key[1]}, seed {key[2]} has {differing} "
          f"{first[differing]} in {home.label} and {line[differing]} in "
          f"{one.label}; the first is taken."
        )
  scores = tuple(line for line, _ in found.values())
  return ValidationRun(tuple(directories), scores, tuple(conflicts))


def _lines(
  directory: RunDirectory, names: Mapping[str, str]
) -> list[Mapping[str, Any]]:
  lines = read_scores(directory)
  needed = _KEYS[directory.command] + _FIELDS[directory.command]
  try:
    for line in lines:
      for field in needed:
        line[field]
    return [
      {**line, "activation": page_name(line["activation"], directory, names)}
      for line in lines
    ]
  except (KeyError, TypeError) as error:
    raise damaged(directory.path / "scores.jsonl", error) from error


def _differing(
  first: Mapping[str, Any], second: Mapping[str, Any]
) -> str | None:
  """The first result in which two records of a training differ, if any.

  A result that one of them lacks is of another version, and no difference.
  """
  return next(
    (
      k
      for k in first
      if k != "seconds" and k in second and first[k] != second[k]
    ),
    None,
  )
