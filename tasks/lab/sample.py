"""Examples of a task of the lab: inputs and targets drawn from a band."""

import enum
from typing import NamedTuple

import numpy as np


class Band(enum.StrEnum):
  """The range of inputs: as in training, just beyond it, well beyond it."""

  ID = "id"
  NEAR = "near"
  FAR = "far"


OOD_BANDS = (Band.NEAR, Band.FAR)


class Sample(NamedTuple):
  """Independent examples of a task.

  Attributes:
    inputs: named arrays, each [count, ...]; the names suit the task's network.
    targets: float32 [count] for regression, int32 [count] for classes.
  """

  inputs: dict[str, np.ndarray]
  targets: np.ndarray
