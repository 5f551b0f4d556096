"""Comparison of batches, and the lengths of those that are compared."""

import clrs
import numpy as np

from tasks.clrs30.algorithms import CATEGORIES

LENGTHS = (4, 14)  # String matchers: 17, the shortest with room for 8.
NUM_TRAINING = 5
VALIDATED_STEPS = (0, 2)
FEW = 2  # Validation trajectories of string matchers, as a multiple of 32.
# A graph, a permutation, a constant predecessor on sparse needles.
ALGORITHMS = ("bfs", "insertion_sort", "naive_string_matcher")


def validate_on_few() -> None:
  """Lets upstream validate string matchers on 128 trajectories, not 4,096."""
  for algorithm in CATEGORIES["strings"]:
    clrs.CLRS_30_ALGS_SETTINGS[algorithm]["num_samples_multiplier"] = FEW


def points_of(feedback: clrs.Feedback) -> list[list[clrs.DataPoint]]:
  """Inputs, hints and outputs, in their order."""
  inputs, hints, _ = feedback.features
  return [list(points) for points in (inputs, hints, feedback.outputs)]


def arrays(feedback: clrs.Feedback) -> dict[str, np.ndarray]:
  """All arrays of a batch, by name."""
  points = [point for stage in points_of(feedback) for point in stage]
  found = {point.name: np.asarray(point.data) for point in points}
  return {**found, "lengths": np.asarray(feedback.features.lengths)}


def assert_same(found: clrs.Feedback, expected: clrs.Feedback) -> None:
  """Bits, types and order agree; the order decides that of sums."""
  for mine, theirs in zip(points_of(found), points_of(expected), strict=True):
    assert [(p.name, p.location, p.type_) for p in mine] == [
      (p.name, p.location, p.type_) for p in theirs
    ]
  for (name, data), other in zip(
    arrays(found).items(), arrays(expected).values(), strict=True
  ):
    assert data.dtype == other.dtype, name
    np.testing.assert_array_equal(data, other, err_msg=name)
