"""Feedback, as dm-clrs calls batches of trajectories, in .npz files."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import clrs
import numpy as np

from harness.core import records
from harness.core.errors import UserError

_LENGTHS = "lengths"
# Raised by NumPy for an incomplete archive, and by names that are unknown.
_DAMAGED = (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error)


def write(path: Path, batches: Mapping[str, clrs.Feedback]) -> None:
  """Replaces a file at once: readers see the old one or the new one.

  Args:
    path: of the file, in a directory that exists.
    batches: any number of them, by name.
  """
  arrays: dict[str, Any] = {}
  for key, (features, outputs) in batches.items():
    arrays[f"{key}/{_LENGTHS}"] = features.lengths
    for points in (features.inputs, features.hints, outputs):
      for place, point in enumerate(points):
        arrays[f"{key}/{place}/{point.name}"] = point.data
  with records.replaced(path) as file:
    np.savez_compressed(file, **arrays)


def read(path: Path, spec: clrs.Spec, remedy: str) -> dict[str, clrs.Feedback]:
  """The batches of a file, by name.

  Args:
    path: of the file.
    spec: of the algorithm, as the batches have it.
    remedy: tells the user what to do if the file is damaged.

  Raises:
    UserError: the file is damaged or missing.
  """
  by_batch: dict[str, dict[str, np.ndarray]] = {}
  try:
    with np.load(path, allow_pickle=False) as file:
      for entry in file.files:
        key, _, rest = entry.partition("/")
        name = rest.rpartition("/")[2]
        by_batch.setdefault(key, {})[name] = file[entry]
    return {key: feedback(spec, arrays) for key, arrays in by_batch.items()}
  except _DAMAGED as error:
    raise damaged(path, error, remedy) from error


def feedback(
  spec: clrs.Spec, arrays: Mapping[str, np.ndarray]
) -> clrs.Feedback:
  """A batch made of its arrays, in their order, which decides that of sums.

  Args:
    spec: of the algorithm.
    arrays: inputs and outputs [B, ...], hints [T, B, ...] and "lengths" [B].
  """
  points: dict[str, list[clrs.DataPoint]] = {}
  for name, data in arrays.items():
    if name != _LENGTHS:
      stage, location, type_ = spec[name]
      point = clrs.DataPoint(name, location, type_, data)
      points.setdefault(stage, []).append(point)

  def of(stage: str) -> Sequence[clrs.DataPoint]:
    return tuple(points.get(stage, ()))

  features = clrs.Features(
    of(clrs.Stage.INPUT), of(clrs.Stage.HINT), arrays[_LENGTHS]
  )
  return clrs.Feedback(features, of(clrs.Stage.OUTPUT))


def damaged(path: Path, error: Exception, remedy: str) -> UserError:
  """The error for a file that cannot be read."""
  return UserError(f"{path} is damaged or missing ({error}); {remedy}")
