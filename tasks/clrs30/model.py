"""Upstream's network, loss and optimiser, with a processor of ours.

Predicted hints are softly fed back, without teacher forcing, dropout or LSTM,
as in the protocol of arXiv 2209.11142. Weights are one vector, where upstream
has about seventy arrays: the loop over steps adds up one gradient, Adam updates
one array, and the network compiles faster.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import clrs
import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
from clrs._src import decoders, losses
from jax.flatten_util import ravel_pytree

from harness.core.fitness import Activation
from tasks.clrs30.network import Network, Predictions
from tasks.clrs30.processors import Processor, Sites, design_of
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.trajectory import Trajectory

Decided = dict[str, clrs.DataPoint]
# Upstream sharpens permutations like this before it reads them.
_SINKHORN_TEMPERATURE, _SINKHORN_STEPS = 0.1, 50


@dataclasses.dataclass(frozen=True)
class Model:
  """A network for one algorithm, its loss and its optimiser.

  Weights are a vector float32 [P], except where a method says otherwise.

  Attributes:
    spec: of the algorithm, as its batches have it.
    example: a batch, of which only the shapes matter.
    activation: the activation function at the sites.
    protocol: gives width and optimiser.
    processor: a name in DESIGNS.
    sites: see Sites.
  """

  spec: clrs.Spec
  example: clrs.Feedback
  activation: Activation
  protocol: Protocol
  processor: str = "triplet_gmpnn"
  sites: Sites = Sites.ALL

  def __post_init__(self) -> None:
    """Raises a UserError if the processor is unknown."""
    design_of(self.processor)

  def init(self, seed: int) -> jax.Array:
    """Initial weights; upstream's for its --seed is `seed` - 1."""
    return self.flat(self._init(jax.random.PRNGKey(seed)))

  def flat(self, params: hk.Params) -> jax.Array:
    """Upstream's weights by name, as a vector."""
    return ravel_pytree(params)[0]

  def by_name(self, weights: jax.Array) -> hk.Params:
    """The inverse of `flat`."""
    params: hk.Params = self._unravel(weights)
    return params

  @functools.cached_property
  def _unravel(self) -> Callable[[jax.Array], Any]:
    shapes = jax.eval_shape(self._init, jax.random.PRNGKey(0))
    zeros = jax.tree.map(lambda s: np.zeros(s.shape, s.dtype), shapes)
    return ravel_pytree(zeros)[1]

  def loss(
    self, weights: jax.Array, key: jax.Array, feedback: clrs.Feedback
  ) -> jax.Array:
    """The sum of the losses of outputs and of hints, a scalar.

    Args:
      weights: of the network.
      key: of the noise on permutations.
      feedback: a batch.
    """
    features = feedback.features
    outputs, hints = self._trajectory(weights).logits(features, key)
    num_nodes = features.inputs[0].data.shape[1]
    parts = [
      losses.output_loss(truth, outputs[truth.name], num_nodes)
      for truth in feedback.outputs
    ]
    parts += [
      losses.hint_loss(
        truth,
        # Not a list of them: it would be compiled element by element.
        hints[truth.name],  # type: ignore[arg-type]
        features.lengths,
        num_nodes,
      )
      for truth in features.hints
    ]
    return jnp.sum(jnp.stack(parts))

  def predict(self, weights: jax.Array, features: clrs.Features) -> Decided:
    """Decided outputs [B, ...], as upstream's evaluation compares them."""
    outputs, _ = self._trajectory(weights).logits(features)
    return self._decided(outputs)

  def predict_hints(
    self, weights: jax.Array, features: clrs.Features
  ) -> tuple[Decided, Decided]:
    """Decided outputs [B, ...], and hints after each step [T - 1, B, ...]."""
    outputs, hints = self._trajectory(weights).logits(features)
    return self._decided(outputs), jax.vmap(self._decided)(hints)

  def _decided(self, logits: Predictions) -> Decided:
    decided: Decided = decoders.postprocess(
      self.spec,
      logits,
      sinkhorn_temperature=_SINKHORN_TEMPERATURE,
      sinkhorn_steps=_SINKHORN_STEPS,
      hard=True,
    )
    return decided

  @property
  def optimiser(self) -> optax.GradientTransformation:
    return optax.chain(
      optax.clip_by_global_norm(self.protocol.max_gradient_norm),
      optax.scale_by_adam(),
      optax.scale(-self.protocol.learning_rate),
    )

  def step(
    self,
    weights: jax.Array,
    state: Any,
    key: jax.Array,
    feedback: clrs.Feedback,
  ) -> tuple[jax.Array, Any, jax.Array]:
    """One update: new weights, new optimiser state, and the loss before it."""
    loss, gradient = jax.value_and_grad(self.loss)(weights, key, feedback)
    update, state = self.optimiser.update(gradient, state)
    return weights + update, state, loss

  def _trajectory(self, weights: jax.Array) -> Trajectory:
    _, apply_start, apply_step = self._network

    def bound(apply: Callable[..., Any]) -> Callable[..., Any]:
      # Split at each call: a loop then adds up one gradient of all weights.
      return lambda *arguments: apply(self.by_name(weights), None, *arguments)

    return Trajectory(self.spec, bound(apply_start), bound(apply_step))

  def _init(self, key: jax.Array) -> hk.Params:
    params: hk.Params = self._network[0](key, self.example.features)
    return params

  @property
  def _network(self) -> tuple[Any, Any, Any]:
    """Pure functions: initial weights by name, start, and step."""
    features, outputs = self.example
    points = [*features.inputs, *features.hints, *outputs]

    def build() -> Any:
      net = Network(
        [self.spec],
        self.protocol.hidden_size,
        encode_hints=True,
        decode_hints=True,
        processor_factory=self._make_processor,
        use_lstm=False,
        encoder_init="xavier_on_scalars",
        dropout_prob=0.0,
        hint_teacher_forcing=0.0,
        hint_repred_mode="soft",
        nb_dims=[{point.name: point.data.shape[-1] for point in points}],
      )
      net.build()

      def init(features: clrs.Features) -> None:
        inputs, hints = net.start(features)
        net.step(inputs, hints, jnp.zeros_like(inputs.nodes), self.spec)

      return init, (net.start, net.step)

    init, (start, step) = hk.multi_transform(build)
    return init, start, step

  def _make_processor(self, width: int) -> Any:  # Upstream's type is its own.
    return Processor(
      design_of(self.processor), width, self.activation, self.sites
    )
