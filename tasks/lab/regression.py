"""Regression tasks: a known function, trained inside a box, tested outside."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from tasks.lab.sample import Band, Sample, numbers
from tasks.lab.task import Task

# Beyond the edge of the ID box, in units of each range's width.
EXCESS = {Band.ID: (-0.5, 0.0), Band.NEAR: (0.0, 0.15), Band.FAR: (0.15, 0.4)}


@dataclasses.dataclass(frozen=True)
class Interval:
  """The ID range of one input, and the sides on which OOD inputs leave it.

  Set `below` to False where going below leaves the function's domain or nears
  a pole; likewise `above`.
  """

  low: float
  high: float
  below: bool = True
  above: bool = True

  @property
  def width(self) -> float:
    return self.high - self.low

  def widened(self, share: float) -> tuple[float, float]:
    """The range with `share` of its width added on either of those sides."""
    margin = share * self.width
    return self.low - margin * self.below, self.high + margin * self.above


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RegressionTask(Task):
  """A function to learn from inputs drawn uniformly from a box.

  A point's excess is how far it lies beyond the box, as the largest over its
  inputs of the distance to the range in units of the range's width. ID points
  have none; NEAR ones up to 0.15; FAR ones more than that, up to 0.4.

  Attributes:
    inputs: the range of each argument of `function`, in its order.
    function: vectorised over arrays [count], one per input.
  """

  inputs: Mapping[str, Interval]
  function: Callable[..., np.ndarray]

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    """Draws `count` points, uniform over the band; inputs {"x": [count, d]}.

    Raises:
      BadSampleError: the function returns something else than [count].
    """
    points = self._points(rng, band, count)
    targets = numbers(
      self.function(*points.T),
      (count,),
      f"its function, of {len(self.inputs)} arrays [{count}],",
      f"[{count}], a number for each point",
    )
    return Sample({"x": points.astype(np.float32)}, targets.astype(np.float32))

  def excess(self, points: np.ndarray) -> np.ndarray:
    """The distance [count] of points [count, d] beyond the ID box."""
    lows, highs, widths = np.array(
      [(i.low, i.high, i.width) for i in self.inputs.values()]
    ).T
    beyond = np.maximum(lows - points, points - highs) / widths
    return np.asarray(beyond.max(axis=1))

  def _points(
    self, rng: np.random.Generator, band: Band, count: int
  ) -> np.ndarray:
    inner, outer = EXCESS[band]
    box = [i.widened(max(outer, 0.0)) for i in self.inputs.values()]
    lows, highs = np.array(box).T
    kept = np.empty((0, len(box)))
    while len(kept) < count:  # Rejection: a shell has no simpler sampler.
      points = rng.uniform(lows, highs, (4 * count, len(box)))
      excess = self.excess(points)
      kept = np.concatenate(
        [kept, points[(excess > inner) & (excess <= outer)]]
      )
    return kept[:count]
