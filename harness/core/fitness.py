"""The contract between a suite of tasks and a search.

A `Fitness` takes activation functions and measures how well small networks that
use them generalise. It never learns where they came from, and it writes
nothing: the caller keeps the reports.
"""

import dataclasses
import enum
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from harness.core import evidence, parameters
from harness.core.evidence import SCORES, Estimate, TaskScores
from harness.core.parameters import Learned

# Maps an array to an array of the same shape and floating dtype. (Arrays are
# `Any` here so that this module, which every command imports, needs no JAX.)
Activation = Callable[[Any], Any]


class Status(enum.StrEnum):
  """The end of the evaluation of a candidate. Only OK carries a value."""

  OK = "OK"
  INVALID = "INVALID"
  OVER_BUDGET = "OVER_BUDGET"
  FILTERED = "FILTERED"
  SCREENED = "SCREENED"
  DUPLICATE = "DUPLICATE"
  DIVERGED = "DIVERGED"
  TIMEOUT = "TIMEOUT"
  CRASHED = "CRASHED"

  @property
  def sentence(self) -> str:
    """The status explained in one sentence."""
    return _SENTENCES[self]


_SENTENCES = {
  Status.OK: "Evaluated at full fidelity.",
  Status.INVALID: (
    "Does not parse, breaks a rule of the language, or returns a wrong shape "
    "or dtype."
  ),
  Status.OVER_BUDGET: "Needs more operations or memory than allowed.",
  Status.FILTERED: "Not trained: similar functions had low values.",
  Status.SCREENED: "Stopped by the cheap screen.",
  Status.DUPLICATE: "The same function as an earlier program.",
  Status.DIVERGED: "Every task gave a non-finite loss.",
  Status.TIMEOUT: "Took longer than a stage allows.",
  Status.CRASHED: "Ended its process, or raised an error.",
}


@dataclasses.dataclass(frozen=True)
class Fidelity:
  """The work of an evaluation: training steps, and seeds per task.

  Steps are 0 where an objective does not have them from us.
  """

  steps: int
  num_seeds: int

  def __post_init__(self) -> None:
    if self.steps < 0 or self.num_seeds < 1:
      raise ValueError(f"a fidelity needs steps and seeds, not {self}")

  def __str__(self) -> str:
    steps = f"{self.steps} steps x " if self.steps else ""
    return f"{steps}{self.num_seeds} seeds"


@dataclasses.dataclass(frozen=True)
class Report:
  """The result of one evaluation of one activation.

  Attributes:
    status: the end of the evaluation.
    feedback: one or more sentences for the activation's author.
    scores_by_seed: for each task, the score in [0, 1] of every seed.
    id_scores: for each task, the skill on its own training distribution.
    id_loss: for each task, the mean loss in distribution; may be non-finite.
    ood_loss: for each task, the mean loss out of distribution.
    screen_value: the value at the cheap screen's fidelity, if it was run.
    same_as: for DUPLICATE, the id of the earlier program.
    outside: None if the activation itself was trained; if its table was, the
      share of pre-activations in the tests that were beyond the table.
    seconds: wall time of the evaluation.
    families: the family of each task, where tasks are drawn from a population;
      empty where they are a fixed set.
    ood_skills: for each task of the lab, the mean OOD skill, which its score is
      made of (tasks/lab/skill.py).
    further: in a search, the value on each further draw of tasks, with further
      seeds, that the candidate was raced on; these never enter `value`.
    cost: in a search, the work that it took, as a multiple of the tasks x seeds
      x steps of one evaluation in full.
    parameters: what the activation's parameters have learned, by name; empty
      unless they were trained.
  """

  status: Status
  feedback: str
  scores_by_seed: Mapping[str, tuple[float, ...]] = dataclasses.field(
    default_factory=dict
  )
  id_scores: Mapping[str, float] = dataclasses.field(default_factory=dict)
  id_loss: Mapping[str, float] = dataclasses.field(default_factory=dict)
  ood_loss: Mapping[str, float] = dataclasses.field(default_factory=dict)
  screen_value: float | None = None
  same_as: str | None = None
  outside: float | None = None
  seconds: float = 0.0
  families: Mapping[str, str] = dataclasses.field(default_factory=dict)
  ood_skills: Mapping[str, float] = dataclasses.field(default_factory=dict)
  further: tuple[float, ...] = ()
  cost: float = 0.0
  parameters: Mapping[str, Learned] = dataclasses.field(default_factory=dict)

  @property
  def scores(self) -> dict[str, float]:
    """For each task, the score averaged over seeds."""
    return {k: float(np.mean(v)) for k, v in self.scores_by_seed.items()}

  @property
  def value_by_seed(self) -> tuple[float, ...]:
    """For each seed, the score averaged over tasks; empty unless OK."""
    if self.status is not Status.OK:
      return ()
    per_task = np.array(list(self.scores_by_seed.values()))
    return tuple(per_task.mean(axis=0).tolist())

  @property
  def value_or_screen(self) -> float:
    """The value, or that of the screen which stopped it; 0 of a failure."""
    if self.status is Status.SCREENED:
      return self.screen_value or 0.0
    return self.value or 0.0

  @property
  def value(self) -> float | None:
    """The value in [0, 1] that a search maximises; None unless OK."""
    by_seed = self.value_by_seed
    return float(np.mean(by_seed)) if by_seed else None

  @property
  def mean_skill(self) -> float | None:
    """The mean OOD skill over tasks; None without one."""
    skills = list(self.ood_skills.values())
    return float(np.mean(skills)) if skills else None

  @property
  def task_scores(self) -> TaskScores | None:
    """The scores that intervals and tests are made of; None unless OK."""
    if self.status is not Status.OK:
      return None
    return TaskScores.of(self.scores_by_seed, self.families)

  @property
  def estimate(self) -> Estimate | None:
    """The value with its 95% confidence interval; None unless OK.

    The interval is over tasks and seeds where tasks are drawn from a
    population, else over seeds; see `evidence`.
    """
    scores = self.task_scores
    return evidence.mean(scores, bounds=SCORES) if scores else None

  @property
  def value_ci95(self) -> tuple[float, float] | None:
    """The ends of the interval of `estimate`, if it has one."""
    estimate = self.estimate
    return estimate.interval if estimate else None

  def to_json(self) -> dict[str, Any]:
    """The report as plain JSON values; a non-finite loss becomes null."""
    return {
      "status": self.status.value,
      "feedback": self.feedback,
      "value": self.value,
      "scores_by_seed": {k: list(v) for k, v in self.scores_by_seed.items()},
      "ood_skills": dict(self.ood_skills),
      "further": list(self.further),
      "cost": self.cost,
      "id_scores": dict(self.id_scores),
      "id_loss": finite_or_null(self.id_loss),
      "ood_loss": finite_or_null(self.ood_loss),
      "screen_value": self.screen_value,
      "same_as": self.same_as,
      "outside": self.outside,
      "seconds": self.seconds,
      "families": dict(self.families),
      "parameters": parameters.to_json(self.parameters),
    }

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Report":
    """The inverse of `to_json`."""
    fields = {k: v for k, v in record.items() if k != "value"}
    fields["status"] = Status(fields["status"])
    fields["further"] = tuple(fields.get("further", ()))
    fields["parameters"] = parameters.from_json(fields.get("parameters", {}))
    fields["scores_by_seed"] = {
      k: tuple(v) for k, v in fields["scores_by_seed"].items()
    }
    for name in ("id_loss", "ood_loss"):
      fields[name] = {
        k: math.nan if v is None else v for k, v in fields[name].items()
      }
    return cls(**fields)


def failure(error: BaseException) -> Report:
  """The report on an activation that raised an error."""
  text = (str(error).strip() or "no message").split("\n")[0][:300]
  if isinstance(error, MemoryError) or "RESOURCE_EXHAUSTED" in text:
    return Report(Status.OVER_BUDGET, "Runs out of memory.")
  return Report(Status.CRASHED, f"{type(error).__name__}: {text}")


def finite_or_null(losses: Mapping[str, float]) -> dict[str, float | None]:
  """Losses as JSON can hold them."""
  return {k: v if math.isfinite(v) else None for k, v in losses.items()}


class Fitness(Protocol):
  """A suite of tasks as a search sees it: it scores activations.

  The same seed and fidelity give the same data, initial weights and batch
  order to every activation, so that differences are due to the activation.
  """

  @property
  def suite(self) -> str:
    """The label of the tasks, e.g. lab@2/64/0; values of two never mix."""

  @property
  def goal(self) -> str:
    """The meaning of a score, in words, for those who write activations."""

  @property
  def families(self) -> Mapping[str, str]:
    """The family of every task, by its name."""

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    """Draws the data of all activations, so that forked workers inherit it."""

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    """Trains and tests networks with each activation.

    Args:
      activations: the batch; each is called on arrays of any shape. A Table
        (harness.core.table) needs no compilation of its own.
      seed: keys every random draw.
      fidelity: training steps and number of seeds.

    Returns:
      One report each, in order. An activation that raises ends as CRASHED in
      its own report; it never affects the others.
    """
