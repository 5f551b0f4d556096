"""Upstream's encode-process-decode network around one of our processors.

Hints are encoded and decoded, predicted ones softly fed back; no teacher
forcing, no dropout, no LSTM: the protocol of arXiv 2209.11142.
"""

import dataclasses
from typing import Any

import clrs
import haiku as hk
import jax
import jax.numpy as jnp
import optax
from clrs._src import decoders, losses, nets

from harness.core.fitness import Activation
from tasks.clrs30.processors import Processor, Sites, design_of
from tasks.clrs30.protocol import Protocol

Params = Any
Predictions = dict[str, clrs.DataPoint]
# As upstream evaluates: permutations are sharpened before they are read.
_SINKHORN_TEMPERATURE, _SINKHORN_STEPS = 0.1, 50


@dataclasses.dataclass(frozen=True)
class Model:
  """A network for one algorithm, and how it is trained.

  Attributes:
    spec: of the algorithm, as its batches have it.
    sizes: of the last axis of every input, hint and output, by name.
    activation: what occupies the sites.
    processor: a name in DESIGNS.
    sites: see Sites.
    protocol: width and optimiser.
  """

  spec: clrs.Spec
  sizes: dict[str, int]
  activation: Activation
  processor: str
  sites: Sites
  protocol: Protocol

  @classmethod
  def of(
    cls,
    spec: clrs.Spec,
    example: clrs.Feedback,
    activation: Activation,
    protocol: Protocol,
    *,
    processor: str = "triplet_gmpnn",
    sites: Sites = Sites.ALL,
  ) -> "Model":
    """A model for batches like `example`.

    Raises:
      UserError: an unknown processor.
    """
    design_of(processor)
    features = example.features
    points = [*features.inputs, *features.hints, *example.outputs]
    sizes = {point.name: point.data.shape[-1] for point in points}
    return cls(spec, sizes, activation, processor, sites, protocol)

  def init(self, features: clrs.Features, seed: int) -> Params:
    """Initial weights; upstream's for its --seed, plus 1."""
    return self._network.init(
      jax.random.PRNGKey(seed),
      [features],
      repred=True,
      algorithm_index=-1,
      return_hints=False,
      return_all_outputs=False,
    )

  def loss(self, params: Params, feedback: clrs.Feedback) -> jax.Array:
    """The sum of the losses of outputs and of hints, a scalar."""
    features = feedback.features
    outputs, hints = self._apply(params, features, repred=False)
    num_nodes = features.inputs[0].data.shape[1]
    parts = [
      losses.output_loss(truth, outputs[truth.name], num_nodes)
      for truth in feedback.outputs
    ]
    for truth in features.hints:
      predicted = [hint[truth.name] for hint in hints]
      parts.append(
        losses.hint_loss(truth, predicted, features.lengths, num_nodes)
      )
    return jnp.sum(jnp.stack(parts))

  def predict(self, params: Params, features: clrs.Features) -> Predictions:
    """The outputs, decided: what upstream's evaluation compares."""
    outputs, _ = self._apply(params, features, repred=True)
    decided: Predictions = decoders.postprocess(
      self.spec,
      outputs,
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
    self, params: Params, state: Any, feedback: clrs.Feedback
  ) -> tuple[Params, Any, jax.Array]:
    """One update; the new weights and optimiser state, and the loss before."""
    loss, gradients = jax.value_and_grad(self.loss)(params, feedback)
    updates, state = self.optimiser.update(gradients, state)
    return optax.apply_updates(params, updates), state, loss

  def _apply(
    self, params: Params, features: clrs.Features, *, repred: bool
  ) -> Any:
    return self._network.apply(
      params,
      # It is asked for, but no teacher forcing leaves nothing to chance.
      jax.random.PRNGKey(0),
      [features],
      repred=repred,
      algorithm_index=0,
      return_hints=not repred,
      return_all_outputs=False,
    )

  @property
  def _network(self) -> hk.Transformed:
    def network(*args: Any, **kwargs: Any) -> Any:
      net = nets.Net(
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
        nb_dims=[self.sizes],
      )
      return net(*args, **kwargs)

    return hk.transform(network)

  def _make_processor(self, width: int) -> Any:  # By upstream's type, its own.
    return Processor(
      design_of(self.processor), width, self.activation, self.sites
    )
