"""What is compared of batches."""

import clrs
import numpy as np

LENGTHS = (4, 14)  # String matchers: 17, the shortest with room for 8.
NUM_TRAINING = 5


def arrays(feedback: clrs.Feedback) -> dict[str, np.ndarray]:
  """All arrays of a batch, by name."""
  inputs, hints, lengths = feedback.features
  points = [*inputs, *hints, *feedback.outputs]
  found = {point.name: np.asarray(point.data) for point in points}
  return {**found, "lengths": np.asarray(lengths)}
