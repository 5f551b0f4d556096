"""A run of harness.score: activations on a suite of the lab."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from harness.core import parameters
from harness.core.evidence import TaskScores
from harness.core.fitness import Fidelity, Status
from harness.core.parameters import Learned
from harness.reporting.runs.directory import (
  RunDirectory,
  damaged,
  page_name,
  read_scores,
)


@dataclasses.dataclass(frozen=True)
class LabScore:
  """The score of an activation.

  Attributes:
    activation: its name on the page.
    program_id: see Program.
    status: of its evaluation.
    skills: scores of tasks; None unless OK.
    mean_skill: mean OOD skill over tasks; None where it is not known.
    ood_loss: by task; None where it is not finite.
    flops: of a call, per element; None if its probe failed.
    learned: what its parameters have learned; empty unless they were trained.
  """

  activation: str
  program_id: str
  status: Status
  skills: TaskScores | None
  mean_skill: float | None
  ood_loss: Mapping[str, float | None]
  flops: float | None
  learned: Mapping[str, Learned] = dataclasses.field(default_factory=dict)

  @property
  def value(self) -> float | None:
    """The mean over seeds and tasks; None unless OK."""
    return float(self.skills.values.mean()) if self.skills else None


@dataclasses.dataclass(frozen=True)
class LabRun:
  """A run of harness.score, finished or not.

  Attributes:
    directory: its settings.
    scores: one for each activation with a record.
  """

  directory: RunDirectory
  scores: tuple[LabScore, ...]

  @property
  def suite(self) -> str:
    """Name and version of the tasks, e.g. lab@2/64/0."""
    return str(self.directory.settings["suite"])

  @property
  def fidelity(self) -> Fidelity:
    settings = self.directory.settings
    return Fidelity(settings["steps"], settings["num_seeds"])

  @property
  def conditions(self) -> str:
    """Tasks, fidelity and seed, in words: scores compare where these agree."""
    seed = self.directory.settings["seed"]
    return f"{self.suite}, {self.fidelity}, seed {seed}"


def read(directory: RunDirectory, names: Mapping[str, str]) -> LabRun:
  """Reads scores.jsonl.

  Args:
    directory: of the run.
    names: of activations on the page, by program id.

  Raises:
    UserError: it is damaged.
  """
  lines = read_scores(directory)
  try:
    scores = tuple(_score(line, directory, names) for line in lines)
  except (KeyError, TypeError, ValueError) as error:
    raise damaged(directory.path / "scores.jsonl", error) from error
  return LabRun(directory, scores)


def _score(
  line: Mapping[str, Any], directory: RunDirectory, names: Mapping[str, str]
) -> LabScore:
  status = Status(line["status"])
  # Runs of earlier versions have no families.
  skills = TaskScores.of(line["scores_by_seed"], line.get("families"))
  return LabScore(
    activation=page_name(line["activation"], directory, names),
    program_id=directory.settings["activations"][line["activation"]],
    status=status,
    skills=skills if status is Status.OK else None,
    mean_skill=line.get("skill"),
    ood_loss=line["ood_loss"],
    flops=line["flops"],
    learned=parameters.from_json(line.get("parameters", {})),
  )
