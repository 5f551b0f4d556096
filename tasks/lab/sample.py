"""Examples of a task of the lab: inputs and targets drawn from a band."""

import enum
from typing import Any, NamedTuple

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
    targets: float32 for regression, int32 for classes: [count], or for
      questions about nodes [count, n] or [count, n, outputs].
  """

  inputs: dict[str, np.ndarray]
  targets: np.ndarray


class BadSampleError(Exception):
  """A task's function returns something else than is needed."""


Shape = tuple[int | None, ...]


def numbers(
  returned: Any, shapes: Shape | list[Shape], what: str, needed: str
) -> np.ndarray:
  """The value that a task's function returned, as an array of numbers.

  Args:
    returned: anything.
    shapes: the one that is needed, or several; None for a side of any length.
    what: that returned it.
    needed: the shape in words.

  Raises:
    BadSampleError: it is no array of numbers of such a shape.
  """
  try:
    array = np.asarray(returned)
  except ValueError:  # Lists of different lengths.
    array = np.asarray(None)
  wanted = shapes if isinstance(shapes, list) else [shapes]
  if array.dtype.kind in "biuf" and any(_fits(array, one) for one in wanted):
    return array
  got = (
    f"a {type(returned).__name__}"
    if array.dtype == object
    else f"{array.dtype} {list(array.shape)}"
  )
  raise BadSampleError(f"{what} returned {got}; needed: {needed}")


def _fits(array: np.ndarray, shape: Shape) -> bool:
  return array.ndim == len(shape) and all(
    wanted is None or side == wanted
    for side, wanted in zip(array.shape, shape, strict=True)
  )
