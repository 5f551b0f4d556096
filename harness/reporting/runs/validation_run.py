"""Runs of harness.clrs30 and harness.imagenet: benchmarks no search sees."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from harness.reporting.runs.run import Run, damaged, read_scores

_FIELDS = {
  "clrs30": ("algorithm", "activation", "seed", "test_score", "diverged_step"),
  "imagenet": ("dataset", "activation", "seed", "top1", "top5"),
}


@dataclasses.dataclass(frozen=True)
class ValidationRun:
  """A run of a benchmark, finished or not.

  Attributes:
    run: its directory and settings; `settings["activations"]` holds the
      program id of each.
    records: lines of scores.jsonl, one for each training.
  """

  run: Run
  records: tuple[Mapping[str, Any], ...]

  def program_id(self, activation: str) -> str:
    """Of an activation, by the name or path that was given."""
    return str(self.run.settings["activations"][activation])


def read(run: Run) -> ValidationRun:
  """Reads scores.jsonl.

  Raises:
    UserError: it is damaged.
  """
  records = read_scores(run.path)
  try:
    for record in records:
      for field in _FIELDS[run.command]:
        record[field]
      run.settings["activations"][record["activation"]]
  except (KeyError, TypeError) as error:
    raise damaged(run.path / "scores.jsonl", error) from error
  return ValidationRun(run, tuple(records))
