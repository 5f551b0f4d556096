"""Fisher information of a network at initialisation, by K-FAC.

The block of a layer's weights is approximated by the Kronecker product of two
second moments (Martens and Grosse, arXiv 1503.05671; convolutions: Grosse and
Martens, arXiv 1602.01407): of its inputs, with a 1 appended for a bias, and of
the gradients of the loss at its outputs, with the true labels. So the block's
eigenvalues are all products of both. Where a layer is applied to several places
of an example, or in a loop, the first is summed over places and the second
averaged.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from harness.core.fitness import Activation

# Of logarithms of eigenvalues.
_LOW, _HIGH = -100.0, 100.0
# More do not predict better; see BUILD_NOTES.md.
NUM_BINS = 39

_LAYERS = (hk.Linear, hk.Conv1D, hk.Conv2D, hk.Conv3D)


class Factors(NamedTuple):
  """Sums over all examples and places of a layer.

  Attributes:
    inputs: of a a^T, [d, d].
    gradients: of g g^T, [e, e].
    places: their number.
  """

  inputs: jax.Array
  gradients: jax.Array
  places: jax.Array


@dataclasses.dataclass(frozen=True)
class Network:
  """A network with a batch of examples.

  Attributes:
    build: makes the function of inputs in which an activation stands; is called
      in a Haiku transform.
    inputs: of the batch, whose size is the length of the first array's first
      axis.
    loss: of the network's outputs, summed over the batch.
  """

  build: Callable[[Activation], Callable[[Any], Any]]
  inputs: Any
  loss: Callable[[Any], jax.Array]

  @property
  def batch_size(self) -> int:
    return len(jax.tree.leaves(self.inputs)[0])


class Fisher:
  """The Fisher information of a network, whatever its activation.

  Attributes:
    layers: the names of those with a block, in the order of their first call:
      dense layers and convolutions that the loss depends on.
    num_weights: of each.
  """

  def __init__(self, network: Network, key: jax.Array):
    """Draws the initial weights, which are those of all activations.

    Args:
      network: its dense layers and convolutions have blocks; norms and
        embeddings have none.
      key: of the weights.
    """
    self._network = network
    shapes: dict[str, tuple[int, int]] = {}

    def watch(module: hk.Module, a: jax.Array, y: jax.Array) -> jax.Array:
      shapes[module.module_name] = a.shape[-1], y.shape[-1]
      return y

    # Any activation: weights do not depend on it.
    self._params, self._state = self._transformed(jnp.tanh, watch).init(
      key, network.inputs
    )
    self._shapes = shapes
    sums = jax.jit(lambda: self.factors(jnp.tanh))()
    self.layers = tuple(
      name for name in shapes if jnp.trace(sums[name].gradients) > 0
    )
    self.num_weights = {name: math.prod(shapes[name]) for name in self.layers}

  def factors(self, activation: Activation) -> dict[str, Factors]:
    """Those of every layer, used or not; can be traced."""

    def loss(dummies: Mapping[str, Factors]) -> jax.Array:
      def tap(module: hk.Module, a: jax.Array, y: jax.Array) -> jax.Array:
        tapped: jax.Array = _tap(y, a, dummies[module.module_name])
        return tapped

      transformed = self._transformed(activation, tap)
      outputs, _ = transformed.apply(
        self._params, self._state, jax.random.PRNGKey(0), self._network.inputs
      )
      return self._network.loss(outputs)

    zeros = {
      name: Factors(jnp.zeros((d, d)), jnp.zeros((e, e)), jnp.zeros(()))
      for name, (d, e) in self._shapes.items()
    }
    sums: dict[str, Factors] = jax.grad(loss)(zeros)
    return sums

  def log_eigenvalues(self, activation: Activation) -> dict[str, jax.Array]:
    """Natural logarithms of each block's eigenvalues, [num_weights].

    Minus infinity of those that are 0 but for rounding; NaN of all if a
    gradient is not finite. Can be traced.
    """
    found = {}
    factors = self.factors(activation)
    for name in self.layers:
      sums = factors[name]
      inputs = _log_eigenvalues(sums.inputs / self._network.batch_size)
      gradients = _log_eigenvalues(sums.gradients / sums.places)
      found[name] = (inputs[:, None] + gradients).ravel()
    return found

  def spectra(self, activation: Activation) -> jax.Array:
    """The distribution function of each layer's logarithms, [layers, bins].

    NaN where a gradient is not finite. Can be traced.
    """
    edges = jnp.linspace(_LOW, _HIGH, NUM_BINS + 1)[1:]
    rows = []
    for logs in self.log_eigenvalues(activation).values():
      is_positive = jnp.isfinite(logs)
      below = (logs[:, None] <= edges) & is_positive[:, None]
      share = below.sum(0) / jnp.maximum(is_positive.sum(), 1)
      rows.append(jnp.where(is_positive.any(), share, jnp.nan))
    return jnp.stack(rows)

  def weighted(self, spectra: np.ndarray) -> np.ndarray:
    """Spectra [N, layers, bins] as rows [N, -1] that Manhattan distance suits.

    A layer counts by its size, as in the paper, where it has a bin for each
    hundred weights.
    """
    sizes = np.array([self.num_weights[name] for name in self.layers], float)
    rows = spectra * (sizes / sizes.sum())[:, None] / spectra.shape[-1]
    flat: np.ndarray = rows.reshape(len(rows), -1)
    return flat

  def _transformed(
    self,
    activation: Activation,
    tap: Callable[[hk.Module, jax.Array, jax.Array], jax.Array],
  ) -> hk.TransformedWithState:
    """The network, whose layers hand their inputs and outputs to a tap."""

    def run(inputs: Any) -> Any:
      def intercept(
        call: Any, args: Any, kwargs: Any, context: hk.MethodContext
      ) -> Any:
        outputs = call(*args, **kwargs)
        module = context.module
        if context.method_name != "__call__" or type(module) not in _LAYERS:
          return outputs
        return tap(module, _rows(module, args[0]), outputs)

      with hk.intercept_methods(intercept):
        return self._network.build(activation)(inputs)

    return hk.transform_with_state(run)


def _log_eigenvalues(moment: jax.Array) -> jax.Array:
  values = jnp.linalg.eigvalsh(moment)
  eps = float(np.finfo(values.dtype).eps)
  rounding = len(values) * eps * values.max()
  return jnp.where(values <= rounding, -jnp.inf, jnp.log(values))


def _rows(module: Any, x: jax.Array) -> jax.Array:
  """Inputs by place, [..., d]: of convolutions, patches."""
  if not isinstance(module, hk.Linear):
    x = lax.conv_general_dilated_patches(
      x,
      module.kernel_shape,
      module.stride,
      module.padding,
      rhs_dilation=module.kernel_dilation,
      dimension_numbers=module.dimension_numbers,
    )
  if module.with_bias:
    x = jnp.concatenate([x, jnp.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)
  return x


@jax.custom_vjp
def _tap(y: jax.Array, a: jax.Array, dummies: Factors) -> jax.Array:
  """y, whose derivative by the dummies are the layer's sums.

  Transposition adds them up over calls, loops included.
  """
  del a, dummies
  return y


def _forward(
  y: jax.Array, a: jax.Array, dummies: Factors
) -> tuple[jax.Array, jax.Array]:
  del dummies
  return y, a


def _backward(
  a: jax.Array, g: jax.Array
) -> tuple[jax.Array, jax.Array, Factors]:
  inputs = a.reshape(-1, a.shape[-1])
  gradients = g.reshape(-1, g.shape[-1])
  count = jnp.asarray(len(gradients), g.dtype)
  sums = Factors(inputs.T @ inputs, gradients.T @ gradients, count)
  return g, jnp.zeros_like(a), sums


_tap.defvjp(_forward, _backward)
