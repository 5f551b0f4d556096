"""The probe of a candidate, before any training.

Runs in a worker. It finds whether the function is an activation at all, its
cost, whether it is pointwise, and its values and slopes on a fixed grid.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from evolve.admission import tables
from evolve.admission.admission import Admission, RejectedError
from evolve.admission.descriptors import PROBE_GRID
from evolve.cost import Cost, cost_of
from harness.core.fitness import Activation, Status
from harness.core.parameters import Share
from harness.core.table import GRID, NUM_POINTS, Table
from harness.core.trainable import Trainable

# Shapes that networks hand to an activation: a vector, a batch, messages.
_SHAPES = ((64,), (32, 64), (4, 6, 6, 32))
# Of the rows that are computed: the grid, whose length is a prime, and what it
# lacks of a multiple of 64, for functions of halves, pairs or groups.
_WIDTH = -(-len(PROBE_GRID) // 64) * 64
_NUM_PARTS = 4
_STEP = 0.25  # Of a parameter.
_RULE = "an activation keeps shape and dtype"


@dataclasses.dataclass(frozen=True)
class Probe:
  """The properties of a candidate that are known without training.

  Attributes:
    values: float32 [len(PROBE_GRID)], the function on PROBE_GRID.
    slopes: float32 [len(PROBE_GRID)], its derivative there.
    pointwise: whether each output depends on its own input alone.
    cost: of one call.
    table: for training; None where a table is no substitute.
    share: see Trainable; FROZEN for a function without trained parameters.
    moved: float32 [2, len(PROBE_GRID)], values and slopes with other values of
      the trained parameters; None without such.
  """

  values: np.ndarray
  slopes: np.ndarray
  pointwise: bool
  cost: Cost
  table: Table | None = None
  share: Share = Share.FROZEN
  moved: np.ndarray | None = None

  def to_message(self) -> tuple[dict[str, Any], bytes]:
    """As plain JSON values, and the curves as bytes."""
    curves = [self.values, self.slopes]
    if self.table:
      curves += map(np.asarray, (self.table.values, self.table.slopes))
    if self.moved is not None:
      curves.extend(self.moved)
    body = {
      "pointwise": self.pointwise,
      "cost": dataclasses.asdict(self.cost),
      "share": self.share.value,
    }
    return body, np.concatenate(curves).astype("<f4").tobytes()

  @classmethod
  def from_message(cls, body: Mapping[str, Any], blob: bytes) -> "Probe":
    """The inverse of `to_message`; checks what it is given.

    Raises:
      ValueError: it did not come from `to_message`.
    """
    try:
      cost = Cost(**{k: float(v) for k, v in body["cost"].items()})
      numbers = np.frombuffer(blob, "<f4").astype(np.float32)
      share = Share(body["share"])
    except (
      AttributeError, KeyError, TypeError, ValueError, OverflowError,
    ) as error:  # fmt: skip
      raise ValueError(f"no probe: {error}") from error
    size = len(PROBE_GRID)
    curves, points = numbers[: 2 * size], numbers[2 * size :]
    pointwise = body.get("pointwise") is True
    frozen = share is Share.FROZEN
    lengths = (0, 2 * NUM_POINTS) if frozen else (2 * size,)
    if len(curves) < 2 * size or len(points) not in lengths:
      raise ValueError("no probe: curves of the wrong length")
    values, slopes = curves.reshape(2, size)
    if not frozen:
      moved = points.reshape(2, size)
      return cls(values, slopes, pointwise, cost, share=share, moved=moved)
    table = Table(*np.split(points, 2)) if len(points) else None
    if table and not np.isfinite(points).all():
      raise ValueError("no probe: a table that is not finite")
    return cls(values, slopes, pointwise, cost, table)


def probe(activation: Activation, admission: Admission) -> Probe:
  """Looks at a candidate; at a trainable one before its training.

  Raises:
    RejectedError: it changes shape or dtype, costs too much, or mixes elements
      where that is not allowed.
  """
  trained = activation if isinstance(activation, Trainable) else None
  if trained:
    activation = trained.frozen
  for shape in _SHAPES:
    _check_signature(activation, shape)
    if trained:
      _check_trains(trained, shape)
  cost = cost_of(activation)
  if excess := admission.budget.check(cost):
    raise RejectedError(Status.OVER_BUDGET, excess)
  order = _orders()
  rows = np.concatenate([PROBE_GRID[order], _table_rows()])
  compute = jax.jit(
    functools.partial(_curves, activation), compiler_options=_COMPILER_OPTIONS
  )
  values, slopes = (np.asarray(a) for a in compute(rows))
  alone, others = values[0, : len(PROBE_GRID)], values[1 : len(order)]
  same = np.isclose(
    others, alone[order[1:]], rtol=1e-4, atol=1e-5, equal_nan=True
  )
  # A jump may fall on either side where the compiler rounds differently.
  pointwise = bool(same.mean() > 0.98)
  if admission.pointwise_only and not pointwise:
    raise RejectedError(
      Status.INVALID,
      "mixes elements; only functions of each element alone are allowed",
    )
  curves = alone, slopes[0, : len(PROBE_GRID)]
  if trained:
    moved = _moved(trained, rows[:1])
    share = trained.share
    return Probe(*curves, pointwise, cost, share=share, moved=moved)
  table = None
  if pointwise:
    points = (a[len(order) :].ravel()[:NUM_POINTS] for a in (values, slopes))
    table = tables.table_of(*points)
  return Probe(*curves, pointwise, cost, table)


def _moved(trained: Trainable, rows: np.ndarray) -> np.ndarray:
  """Values and slopes on PROBE_GRID, each parameter moved by another step.

  Functions that are equal there as well are trained alike. (Those that differ
  in the order of their parameters' names are not found to be equal.)
  """
  values = {
    name: trained.defaults[name] + _STEP * place
    for place, name in enumerate(sorted(trained.defaults), 1)
  }
  function = functools.partial(trained.function, **values)
  compute = jax.jit(
    functools.partial(_curves, function), compiler_options=_COMPILER_OPTIONS
  )
  return np.stack([np.asarray(a)[0, : len(PROBE_GRID)] for a in compute(rows)])


def trace(activation: Activation) -> None:
  """Traces what a probe traces, so that JAX knows its functions already.

  Starts no backend, after which a process could not fork.
  """
  rows = jax.ShapeDtypeStruct((2, _WIDTH), jnp.float32)
  jax.eval_shape(functools.partial(_curves, activation), rows)


def _check_trains(trained: Trainable, shape: tuple[int, ...]) -> None:
  """Checks it with arrays as parameters, which networks train."""
  by_channel = trained.share is Share.CHANNEL
  given = jax.ShapeDtypeStruct(shape[-1:] if by_channel else (), jnp.float32)
  values = dict.fromkeys(trained.defaults, given)
  x = jax.ShapeDtypeStruct(shape, jnp.float32)
  try:
    got = jax.eval_shape(lambda x, of: trained.function(x, **of), x, values)
  except Exception as error:  # A candidate may raise anything.
    reason = str(error).partition("\n")[0]
    raise RejectedError(
      Status.INVALID,
      f"its parameters can't be trained by {trained.share}: given as arrays of "
      f"the shape {list(given.shape)}, {type(error).__name__}: {reason}",
    ) from error
  if (got.shape, got.dtype) != (x.shape, x.dtype):
    raise RejectedError(
      Status.INVALID,
      f"with parameters as arrays of the shape {list(given.shape)} it returns "
      f"{got.dtype}{list(got.shape)} for float32{list(shape)}; {_RULE}",
    )


def _check_signature(activation: Activation, shape: tuple[int, ...]) -> None:
  given = jax.ShapeDtypeStruct(shape, jnp.float32)
  got = jax.eval_shape(lambda x: _array(activation(x)), given)
  if (got.shape, got.dtype) != (given.shape, given.dtype):
    raise RejectedError(
      Status.INVALID,
      f"returns {got.dtype}{list(got.shape)} for float32{list(shape)}; {_RULE}",
    )


def _array(returned: Any) -> jax.Array:
  if not isinstance(returned, jax.Array):
    kind = type(returned).__name__
    raise RejectedError(
      Status.INVALID, f"returns a {kind}, not an array; {_RULE}"
    )
  return returned


def _orders() -> np.ndarray:
  """Rows of indices of the grid, [1 + parts, _WIDTH].

  The first row is the grid, with some of its points again at the end, evenly
  spread. Each other is one part of it, from left to right, repeated and
  shuffled: so sums, means, deviations and extremes over all elements differ
  from those of the grid.
  """
  rng = np.random.default_rng(0)
  size = len(PROBE_GRID)
  again = np.linspace(0, size - 1, _WIDTH - size).astype(int)
  parts = np.array_split(np.arange(size), _NUM_PARTS)
  shuffled = [rng.permutation(np.resize(part, _WIDTH)) for part in parts]
  return np.stack([np.concatenate([np.arange(size), again]), *shuffled])


def _table_rows() -> np.ndarray:
  """The points of tables in rows of _WIDTH."""
  return np.resize(GRID, (-(-NUM_POINTS // _WIDTH), _WIDTH))


# The kernel runs once: whatever optimises it takes longer than it saves.
_COMPILER_OPTIONS = {"xla_backend_optimization_level": 0}


def _curves(activation: Activation, rows: Any) -> Any:
  """Values and slopes for each row of inputs by itself."""

  def with_slopes(x: jax.Array) -> Any:
    return jax.jvp(activation, (x,), (jnp.ones_like(x),))

  return jax.vmap(with_slopes)(rows)
