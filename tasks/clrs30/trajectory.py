"""The network's steps along trajectories, in one loop.

The logits are upstream's; the compiled code is smaller and faster. Upstream
compiles the first step apart from the others, encodes the inputs and decodes
all outputs in each step, and keeps every step's intermediate values for the
gradient. Here inputs are encoded once. On long trajectories pointers are
decoded once, after the last step, and steps are recomputed for the gradient,
which takes less time than to write and read their intermediate values.
"""

import dataclasses
from collections.abc import Callable, Collection
from typing import NamedTuple

import clrs
import jax
import jax.numpy as jnp
from clrs._src import decoders, nets

from tasks.clrs30.network import Encoded, Predictions, Step

# Upstream sharpens permutations between steps and makes them like this.
_SINKHORN_TEMPERATURE = 0.1
_SOFT_SINKHORN_STEPS, _SINKHORN_STEPS = 25, 10
_TINY = 1e-12
_PERMUTATION = clrs.Type.PERMUTATION_POINTER
# Bytes of edge features along a short trajectory, which gains nothing from late
# decoding and recomputation (measured on a CPU).
_SHORT_BYTES = 4 << 20
# Decoding one of these takes about as long as the rest of a step.
_COSTLY = (clrs.Type.POINTER, _PERMUTATION)


class _Before(NamedTuple):
  """The state from which a step starts."""

  hints: Predictions  # Soft values.
  hidden: jax.Array  # [B, n, F]


class _Last(NamedTuple):
  """The state from which the last step so far of each trajectory started."""

  before: _Before
  noise: Predictions  # On permutations.


class _Carry(NamedTuple):
  """The state that one step hands to the next."""

  before: _Before
  key: jax.Array | None
  outputs: Predictions  # Logits, of pointers for permutations.
  last: _Last


@dataclasses.dataclass(frozen=True)
class Trajectory:
  """A network with given weights, applied along trajectories.

  Attributes:
    spec: of the algorithm.
    start: maps features to encoded inputs and first hints.
    step: maps encoded inputs, hints, hidden state, and the names of hints and
      outputs to decode.
  """

  spec: clrs.Spec
  start: Callable[[clrs.Features], tuple[Encoded, Predictions]]
  step: Callable[[Encoded, Predictions, jax.Array, Collection[str]], Step]

  def logits(
    self, features: clrs.Features, key: jax.Array | None = None
  ) -> tuple[Predictions, Predictions]:
    """Predictions for a batch.

    Args:
      features: inputs [B, ...], hints [T, B, ...] of which only the first is
        used, and lengths [B].
      key: upstream's key, for Gumbel noise on permutations; None for no noise.

    Returns:
      Outputs at the end of each trajectory [B, ...], and hints after each step
      [T - 1, B, ...], by name.
    """
    inputs, hints = self.start(features)
    num_steps = max(1, features.hints[0].data.shape[0] - 1)
    is_long = num_steps * inputs.edges.nbytes > _SHORT_BYTES
    in_loop, late = self._outputs(is_long)

    def step(carry: _Carry, i: jax.Array) -> tuple[_Carry, Predictions]:
      hidden, logits = self.step(inputs, *carry.before, [*hints, *in_loop])
      predicted = {name: logits.pop(name) for name in hints}
      noise, key = self._noise(carry.key, features)
      going_on = (features.lengths > i + 1) | (i == 0)
      outputs, last = jax.tree.map(
        lambda new, old: jnp.where(_like(going_on, new), new, old),
        (logits, _Last(carry.before, noise)),
        (carry.outputs, carry.last),
      )
      before = _Before(self._softened(predicted), hidden)
      return _Carry(before, key, outputs, last), predicted

    before = _Before(hints, jnp.zeros_like(inputs.nodes))
    end, predicted = jax.lax.scan(
      jax.checkpoint(step, prevent_cse=False) if is_long else step,
      self._first_carry(inputs, before, in_loop, features, key),
      jnp.arange(num_steps),
    )
    outputs = end.outputs
    if late:  # Each trajectory's last step again.
      outputs |= self.step(inputs, *end.last.before, late).logits
    return self._with_permutations(outputs, end.last.noise), predicted

  def _first_carry(
    self,
    inputs: Encoded,
    before: _Before,
    names: Collection[str],
    features: clrs.Features,
    key: jax.Array | None,
  ) -> _Carry:
    """The state before the first step of a loop that decodes `names`."""
    # Upstream draws one key less in the first step, where no hint is forced.
    key = None if key is None else _advanced(key)
    outputs, noise = jax.tree.map(
      lambda shape: jnp.zeros(shape.shape, shape.dtype),
      jax.eval_shape(
        lambda: (
          self.step(inputs, *before, names).logits,
          self._noise(key, features)[0],
        )
      ),
    )
    return _Carry(before, key, outputs, _Last(before, noise))

  def _with_permutations(
    self, outputs: Predictions, noise: Predictions
  ) -> Predictions:
    """Turns pointers into permutations, with noise if there is any."""
    made = {
      name: decoders.log_sinkhorn(
        outputs[name] + noise.get(name, 0.0),
        steps=_SINKHORN_STEPS,
        temperature=_SINKHORN_TEMPERATURE,
        zero_diagonal=True,
        noise_rng_key=None,
      )
      for name in self._permutations
    }
    return outputs | made

  def _outputs(self, is_long: bool) -> tuple[list[str], list[str]]:
    """The names of outputs to decode in the loop, and of those after it."""
    types = {
      name: type_
      for name, (stage, _, type_) in self.spec.items()
      if stage == clrs.Stage.OUTPUT
    }
    late = [name for name in types if is_long and types[name] in _COSTLY]
    return [name for name in types if name not in late], late

  @property
  def _permutations(self) -> list[str]:
    return [
      name for name, (_, _, type_) in self.spec.items() if type_ == _PERMUTATION
    ]

  def _noise(
    self, key: jax.Array | None, features: clrs.Features
  ) -> tuple[Predictions, jax.Array | None]:
    """Gumbel noise [B, n, n] for each permutation, and the next step's key.

    In each step upstream draws one key per permutation, one for teacher forcing
    and one for dropout.
    """
    if key is None:
      return {}, None
    batch, nodes = nets._data_dimensions(features)
    noise = {}
    for name in self._permutations:
      drawn = jax.random.uniform(
        jax.random.split(key)[1], (batch, nodes, nodes)
      )
      noise[name] = -jnp.log(-jnp.log(drawn + _TINY) + _TINY)
      key = _advanced(key)
    return noise, _advanced(_advanced(key))

  def _softened(self, hints: Predictions) -> Predictions:
    softened = decoders.postprocess(
      self.spec,
      hints,
      sinkhorn_temperature=_SINKHORN_TEMPERATURE,
      sinkhorn_steps=_SOFT_SINKHORN_STEPS,
      hard=False,
    )
    return {
      name: jnp.asarray(point.data, jnp.float32)
      for name, point in softened.items()
    }


def _advanced(key: jax.Array) -> jax.Array:
  """The key that Haiku keeps after it has drawn from one."""
  return jax.random.split(key)[0]


def _like(mask: jax.Array, data: jax.Array) -> jax.Array:
  """A mask [B], reshaped to broadcast against data [B, ...]."""
  return mask.reshape(mask.shape + (1,) * (data.ndim - 1))
