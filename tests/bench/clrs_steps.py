"""Compiled training steps on CLRS-30: upstream's and ours, of one model."""

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import clrs
import jax

from tasks.clrs30.model import Model
from tasks.clrs30.protocol import PAPER, Protocol

SEED = 0


class TimedStep(NamedTuple):
  """A compiled training step.

  Attributes:
    run: does a step with the batch of a number; returns the loss.
    compile_seconds: seconds to trace and compile it.
  """

  run: Callable[[int], Any]
  compile_seconds: float


def baseline(
  spec: clrs.Spec, example: clrs.Feedback, protocol: Protocol
) -> clrs.models.BaselineModel:
  """The model of dm-clrs, as its example sets it up."""
  return clrs.models.BaselineModel(
    spec=[spec],
    dummy_trajectory=[example],
    processor_factory=clrs.get_processor_factory(
      "triplet_gmpnn", use_ln=True, nb_triplet_fts=8
    ),
    hidden_dim=protocol.hidden_size,
    encode_hints=True,
    decode_hints=True,
    encoder_init="xavier_on_scalars",
    learning_rate=protocol.learning_rate,
    grad_clip_max_norm=protocol.max_gradient_norm,
  )


def upstream(
  spec: clrs.Spec,
  example: clrs.Feedback,
  batches: Sequence[clrs.Feedback],
  protocol: Protocol = PAPER,
) -> TimedStep:
  """The step of `baseline`."""
  model = baseline(spec, example, protocol)
  # Upstream's annotations are narrower than what its example gives.
  seed: Any = SEED + 1
  key: Any = jax.random.PRNGKey(0)
  model.init([batches[0].features], seed)
  start = time.monotonic()
  jax.block_until_ready(model.feedback(key, batches[0]))
  return TimedStep(
    lambda number: model.feedback(key, batches[number]),
    time.monotonic() - start,
  )


def ours(
  spec: clrs.Spec, example: clrs.Feedback, batches: Sequence[clrs.Feedback]
) -> TimedStep:
  """Our step, of one seed."""
  model = Model(spec, example, jax.nn.relu, PAPER)
  weights = model.init(SEED + 1)
  state = [weights, model.optimiser.init(weights)]
  key = jax.random.PRNGKey(0)
  step = jax.jit(model.step, donate_argnums=(0, 1))

  def run(number: int) -> Any:
    state[0], state[1], loss = step(*state, key, batches[number])
    return loss

  start = time.monotonic()
  jax.block_until_ready(run(0))
  return TimedStep(run, time.monotonic() - start)
