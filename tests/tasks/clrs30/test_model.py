"""Training with ReLU is upstream's training."""

import clrs
import jax
import numpy as np
import pytest

from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.sampling import Stream

SMALL = Protocol(train_lengths=(4, 14), batch_size=4, hidden_size=16)
SEED, STEPS = 7, 20


@pytest.mark.parametrize(
  "algorithm",
  [
    "bfs",
    # A minute each to compile.
    pytest.param("insertion_sort", marks=pytest.mark.slow),
    pytest.param("naive_string_matcher", marks=pytest.mark.slow),
  ],
)
def test_losses_and_scores_are_upstreams(algorithm: str) -> None:
  stream = Stream(SMALL, algorithm, SEED)
  example = stream.example()
  batches = [stream.next_training() for _ in range(STEPS)]
  theirs = clrs.models.BaselineModel(
    spec=[stream.spec],
    dummy_trajectory=[example],
    processor_factory=clrs.get_processor_factory(
      "triplet_gmpnn", use_ln=True, nb_triplet_fts=8
    ),
    hidden_dim=SMALL.hidden_size,
    encode_hints=True,
    decode_hints=True,
    encoder_init="xavier_on_scalars",
    learning_rate=SMALL.learning_rate,
    grad_clip_max_norm=SMALL.max_gradient_norm,
  )
  theirs.init([batches[0].features], SEED + 1)
  ours = Model.of(stream.spec, example, jax.nn.relu, SMALL)
  params = ours.init(batches[0].features, SEED + 1)
  state = ours.optimiser.init(params)
  step = jax.jit(ours.step)
  key = jax.random.PRNGKey(0)
  for batch in batches:
    expected = theirs.feedback(key, batch)
    params, state, loss = step(params, state, batch)
    np.testing.assert_allclose(loss, expected, rtol=1e-4)
  found = jax.jit(ours.predict)(theirs.params, example.features)
  predicted, _ = theirs.predict(key, example.features)
  assert clrs.evaluate(example.outputs, found) == clrs.evaluate(
    example.outputs, predicted
  )
