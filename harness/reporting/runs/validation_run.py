"""Runs of harness.clrs30 and harness.imagenet: benchmarks no search sees."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from harness.reporting.runs.directory import (
  RunDirectory,
  damaged,
  page_name,
  read_scores,
)

_FIELDS = {
  "clrs30": ("algorithm", "activation", "seed", "test_score", "diverged_step"),
  "imagenet": ("dataset", "activation", "seed", "top1", "top5"),
}


@dataclasses.dataclass(frozen=True)
class ValidationRun:
  """A run of a benchmark, finished or not.

  Attributes:
    directory: its settings.
    scores: lines of scores.jsonl, one for each training; "activation" is the
      name on the page.
  """

  directory: RunDirectory
  scores: tuple[Mapping[str, Any], ...]


def read(directory: RunDirectory, names: Mapping[str, str]) -> ValidationRun:
  """Reads scores.jsonl.

  Args:
    directory: of the run.
    names: of activations on the page, by program id.

  Raises:
    UserError: it is damaged.
  """
  lines = read_scores(directory)
  try:
    for line in lines:
      for field in _FIELDS[directory.command]:
        line[field]
    scores = tuple(
      {**line, "activation": page_name(line["activation"], directory, names)}
      for line in lines
    )
  except (KeyError, TypeError) as error:
    raise damaged(directory.path / "scores.jsonl", error) from error
  return ValidationRun(directory, scores)
