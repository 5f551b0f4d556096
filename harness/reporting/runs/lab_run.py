"""The run of harness.score: activations on a suite of the lab."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.core.fitness import Fidelity, Status
from harness.reporting.runs.run import Run, damaged, read_scores
from harness.reporting.statistics import as_array


@dataclasses.dataclass(frozen=True)
class LabScore:
  """How an activation did.

  Attributes:
    activation: its name, or the path that was given.
    program_id: see Program.
    status: how its evaluation ended.
    scores: OOD skill [seeds, tasks]; empty unless OK.
    ood_loss: by task; null where it is not finite.
    flops: of a call, per element; None if its probe failed.
  """

  activation: str
  program_id: str
  status: Status
  scores: np.ndarray
  ood_loss: Mapping[str, float | None]
  flops: float | None

  @property
  def value(self) -> float | None:
    """The mean over seeds and tasks; None unless OK."""
    return float(self.scores.mean()) if self.scores.size else None


@dataclasses.dataclass(frozen=True)
class LabRun:
  """A run of harness.score, finished or not.

  Attributes:
    run: its directory and settings.
    scores: one for each activation with a record.
  """

  run: Run
  scores: tuple[LabScore, ...]

  @property
  def suite(self) -> str:
    """Name and version of the tasks, e.g. lab@1."""
    return str(self.run.settings["suite"])

  @property
  def fidelity(self) -> Fidelity:
    return Fidelity(self.run.settings["steps"], self.run.settings["num_seeds"])


def read(run: Run) -> LabRun:
  """Reads scores.jsonl.

  Raises:
    UserError: it is damaged.
  """
  records = read_scores(run.path)
  try:
    return LabRun(run, tuple(_score(record, run) for record in records))
  except (KeyError, TypeError, ValueError) as error:
    raise damaged(run.path / "scores.jsonl", error) from error


def _score(record: Mapping[str, Any], run: Run) -> LabScore:
  status = Status(record["status"])
  by_task = record["scores_by_seed"] if status is Status.OK else {}
  return LabScore(
    activation=record["activation"],
    program_id=run.settings["activations"][record["activation"]],
    status=status,
    scores=as_array(by_task),
    ood_loss=record["ood_loss"],
    flops=record["flops"],
  )
