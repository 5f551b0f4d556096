"""The conditions on which a table stands for a candidate in training.

They depend on its curves and counted operations, never on timing, so that a
search repeats itself. See BUILD_NOTES.md, "Tables", for the measurements.
"""

import numpy as np

from evolve.admission.descriptors import PROBE_GRID
from evolve.cost import Cost
from harness.core.fitness import Fidelity, Report
from harness.core.table import GRID, NUM_POINTS, RANGE, STEP, Table

# Most pre-activations are there, so a table must be best there.
_INNER = np.abs(GRID) <= 8.0
_NEAR = np.abs(GRID) <= 2.0
_MAX_UNRESOLVED = 0.01
# Of the root mean square slope, and of the deviation of the values.
_SLOPE_CHANGE, _JUMP = 0.25, 0.01
_FLAT = 0.05  # Of the same two, in a smaller range.
_MAX_OUTSIDE = 0.002
_EXTRAPOLATION = 0.05


def table_of(values: np.ndarray, slopes: np.ndarray) -> Table | None:
  """The table of a pointwise function, unless it would be a bad substitute.

  It is one if the function is not finite everywhere on GRID, or changes so
  fast that neighbouring points tell too little about what is between them; a
  few kinks and jumps do no harm. And it is one if the function is flat at zero,
  as x * x is: from layer to layer such a function makes small numbers smaller,
  until all fall on the grid's zero, where a table has no gradient.

  Args:
    values, slopes: float32 [NUM_POINTS], the function and its derivative.
  """
  if not np.isfinite([values, slopes]).all():
    return None
  if _share_unresolved(values[_INNER], slopes[_INNER]) > _MAX_UNRESOLVED:
    return None
  if _is_flat_at_zero(values, slopes):
    return None
  return Table.of(values, slopes)


def _share_unresolved(values: np.ndarray, slopes: np.ndarray) -> float:
  """Of the steps from point to point, those that hide a jump or a turn."""
  values, slopes = values.astype(np.float64), slopes.astype(np.float64)
  turn = np.abs(np.diff(slopes))
  mean_slope = (slopes[1:] + slopes[:-1]) / 2
  jump = np.abs(np.diff(values) - STEP * mean_slope)
  turns = turn > _SLOPE_CHANGE * np.sqrt(np.mean(slopes**2))
  jumps = jump > _JUMP * np.std(values)
  return float(np.mean(turns | jumps))


def _is_flat_at_zero(values: np.ndarray, slopes: np.ndarray) -> bool:
  zero = NUM_POINTS // 2
  nearby = np.abs(slopes[zero - 1 : zero + 2]).max()
  typical = np.sqrt(np.mean(slopes[_NEAR].astype(np.float64) ** 2))
  deviation = np.std(values[_NEAR].astype(np.float64))
  return bool(
    nearby < _FLAT * typical and np.abs(values[zero]) < _FLAT * deviation
  )


def goes_on_straight(table: Table, values: np.ndarray) -> bool:
  """True if the lines beyond a table are close to the function.

  Args:
    table: the table.
    values: float32, the function on PROBE_GRID, which reaches further.
  """
  beyond = np.abs(PROBE_GRID) > RANGE
  x = PROBE_GRID[beyond]
  edge = np.where(x > 0, NUM_POINTS - 1, 0)
  lines = table.values[edge] + table.slopes[edge] * (x - GRID[edge])
  error = np.abs(values[beyond] - lines)
  return bool(np.all(error <= _EXTRAPOLATION * np.max(np.abs(lines))))


# In weighted operations: what a table does for an element, and what compiling
# a candidate's own program takes, for each element of one training step.
_TABLE_FLOPS = 30.0
_COMPILE_FLOPS = 1e5


def is_cheaper(cost: Cost, full: Fidelity) -> bool:
  """True if training by table is less work than compiling and training."""
  updates = full.steps * full.num_seeds
  return updates * (_TABLE_FLOPS - cost.flops) <= _COMPILE_FLOPS


def is_sound(report: Report, *, straight: bool) -> bool:
  """True if a report of a table stands for one of exact training."""
  return straight or report.outside is None or report.outside <= _MAX_OUTSIDE
