"""The conditions on which a candidate is trained."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from evolve.cost import Budget
from harness.core.fitness import Status


@dataclasses.dataclass(frozen=True)
class Admission:
  """The conditions on which a candidate is trained.

  Attributes:
    budget: the most it may cost.
    pointwise_only: whether functions that mix elements are refused.
  """

  budget: Budget = dataclasses.field(default_factory=Budget)
  pointwise_only: bool = False

  def to_json(self) -> dict[str, Any]:
    return dataclasses.asdict(self)

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Admission":
    """The inverse of `to_json`."""
    return cls(Budget(**record["budget"]), record["pointwise_only"])


class RejectedError(Exception):
  """The candidate is not admitted; the text says why.

  Attributes:
    status: INVALID or OVER_BUDGET.
  """

  def __init__(self, status: Status, reason: str):
    super().__init__(reason)
    self.status = status
