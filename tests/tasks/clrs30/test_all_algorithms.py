"""The network handles every algorithm of CLRS-30, and those beyond."""

import functools

import clrs
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tasks.clrs30.algorithm import MIN_NODES
from tasks.clrs30.algorithms import ALGORITHMS, CATEGORIES
from tasks.clrs30.data.sampler import prepared, spec_of
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import PRESETS, Protocol
from tasks.clrs30.registry import BEYOND, by_category, get

BATCH, LENGTH = 2, 5
ALL = [*ALGORITHMS, *by_category()[BEYOND]]
# Every fourth stands for all in the fast tests.
MOSTLY_SLOW = [
  pytest.param(name, marks=[pytest.mark.slow] if i % 4 else [])
  for i, name in enumerate(ALL)
]
TINY = Protocol(train_lengths=(LENGTH,), batch_size=BATCH, hidden_size=4)


@functools.cache
def _batch(algorithm: str) -> clrs.Feedback:
  """A few trajectories, by upstream's sampler."""
  sampler = get(algorithm).training_sampler(LENGTH, BATCH, seed=1)
  _, batches = prepared(get(algorithm), iter([sampler.next()]))
  return next(batches)


def _model(algorithm: str, processor: str = "triplet_gmpnn") -> Model:
  batch = _batch(algorithm)
  return Model(spec_of(get(algorithm)), batch, jax.nn.gelu, TINY, processor)


@pytest.mark.parametrize(
  "algorithm",
  [
    *CATEGORIES["strings"],  # The only ones whose lengths depend on another.
    *(
      pytest.param(name, marks=pytest.mark.slow)
      for name in ALL
      if name not in CATEGORIES["strings"]
    ),
  ],
)
def test_every_preset_has_lengths_that_can_be_drawn(algorithm: str) -> None:
  learned = get(algorithm)
  shortest = Protocol(train_lengths=(MIN_NODES,))
  for protocol in (*PRESETS.values(), shortest):
    lengths = protocol.lengths_for(learned)
    for length in {*lengths, protocol.validation_length(learned)}:
      # Needles of many lengths.
      learned.training_sampler(length, num_samples=16, seed=1)


@pytest.mark.parametrize("algorithm", MOSTLY_SLOW)
def test_batches_follow_their_specification(algorithm: str) -> None:
  features, outputs = _batch(algorithm)
  points = [*features.inputs, *features.hints, *outputs]
  spec = spec_of(get(algorithm))
  assert {point.name for point in points} == set(spec)
  for stage, group in zip(
    (clrs.Stage.INPUT, clrs.Stage.HINT, clrs.Stage.OUTPUT),
    (features.inputs, features.hints, outputs),
    strict=True,
  ):
    for point in group:
      assert spec[point.name] == (stage, point.location, point.type_)
  assert all(hint.data.shape[1] == BATCH for hint in features.hints)


# Decoders give the shapes; the simplest processor is traced the soonest.
@pytest.mark.parametrize(
  "processor",
  ["deepsets", pytest.param("triplet_gmpnn", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("algorithm", MOSTLY_SLOW)
def test_predictions_have_the_shapes_of_the_outputs(
  algorithm: str, processor: str
) -> None:
  model, batch = _model(algorithm, processor), _batch(algorithm)
  weights = jax.eval_shape(model.init, 0)
  decided = jax.eval_shape(model.predict, weights, batch.features)
  assert {name: point.data.shape for name, point in decided.items()} == {
    point.name: point.data.shape for point in batch.outputs
  }
  loss = jax.eval_shape(model.loss, weights, jax.random.PRNGKey(0), batch)
  assert loss.shape == ()
  zeros = {
    name: clrs.DataPoint(name, p.location, p.type_, np.zeros(p.data.shape))
    for name, p in decided.items()
  }
  assert 0 <= clrs.evaluate(batch.outputs, zeros)["score"] <= 1


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ALL)
def test_two_training_steps_change_finite_weights(algorithm: str) -> None:
  model, batch = _model(algorithm), _batch(algorithm)
  weights = model.init(0)
  state = model.optimiser.init(weights)
  step = jax.jit(model.step)
  for number in range(2):
    key = jax.random.PRNGKey(number)
    before = weights
    weights, state, loss = step(weights, state, key, batch)
    assert np.isfinite(loss)
    assert jnp.all(jnp.isfinite(weights))
    assert not jnp.array_equal(before, weights)
