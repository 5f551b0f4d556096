"""The compiled step: its loss, and random numbers that activations share."""

import dataclasses
from typing import Any

import jax
import numpy as np
import optax
import pytest

from harness.core.errors import UserError
from harness.core.parameters import Share
from harness.core.trainable import Trainable, is_site
from tasks.molhiv.compiled import CompiledNetwork, TrainState
from tasks.molhiv.data import batches
from tasks.molhiv.data.batches import Batch, Size
from tasks.molhiv.data.molecules import Molecules
from tests.tasks.molhiv import tiny

pytestmark = pytest.mark.usefixtures("quick_compilation")

NO_DROPOUT = dataclasses.replace(tiny.PROTOCOL, dropout=0.0)
STILL = dataclasses.replace(tiny.PROTOCOL, learning_rate=0.0)


@pytest.fixture(scope="module")
def batch(molecules: Molecules) -> Batch:
  return batches.padded(molecules, np.arange(30), Size(40, 400, 800))


@pytest.fixture(scope="module")
def network() -> CompiledNetwork:
  return CompiledNetwork(NO_DROPOUT, tiny.gelusine)


@pytest.fixture(scope="module")
def still() -> CompiledNetwork:
  """A network that never learns."""
  return CompiledNetwork(STILL, jax.nn.silu)


def _copied(state: TrainState) -> Any:
  """A step gives up its state's memory."""
  return jax.tree.map(np.array, jax.device_get(state))


def test_the_loss_is_cross_entropy_and_adam_moves_by_its_rate(
  network: CompiledNetwork, batch: Batch
) -> None:
  first = network.init(0)
  before = _copied(first)
  apply = jax.jit(network._network.apply, static_argnums=4)
  logits, _ = apply(first.params, first.statistics, None, batch, True)
  after, loss = network.step(first, batch)
  real = np.asarray(logits, np.float64)[:30]
  labels = batch.labels[:30]
  assert 0 < labels.mean() < 1
  expected = np.log1p(np.exp(-np.where(labels == 1, real, -real)))
  assert float(loss) == pytest.approx(expected.mean(), rel=1e-5)
  moved = jax.tree.map(
    lambda a, b: np.abs(a - b).max(), before.params, after.params
  )
  # The first step of Adam is the rate, whatever the gradient.
  largest = max(jax.tree.leaves(moved))
  assert largest == pytest.approx(NO_DROPOUT.learning_rate, rel=1e-3)
  assert optax.tree.get(after.optimiser, "count") == 1


def test_predictions_are_of_each_molecule_in_its_order(
  network: CompiledNetwork, molecules: Molecules
) -> None:
  state = network.init(1)
  together = network.predictions(
    state, batches.in_order(molecules, "valid", Size(17, 160, 320))
  )
  numbers = molecules.splits["valid"]
  assert together.shape == numbers.shape
  size = Size(17, 160, 320)
  alone = [
    network.predictions(state, [batches.padded(molecules, n[None], size)])
    for n in numbers[:9]
  ]
  np.testing.assert_allclose(
    together[:9], np.concatenate(alone), rtol=1e-4, atol=1e-5
  )
  assert together.std() > 1e-3


def test_activations_share_weights_and_dropout(
  still: CompiledNetwork, batch: Batch
) -> None:
  """Those of a seed: only what an activation brings is its own."""
  beta = Trainable(
    lambda x, beta: x * jax.nn.sigmoid(beta * x), {"beta": 1.0}, Share.CHANNEL
  )
  trained = CompiledNetwork(STILL, beta)
  states = [network.init(5) for network in (still, trained)]
  theirs = {
    name: leaves
    for name, leaves in states[1].params.items()
    if not is_site(name)
  }
  jax.tree.map(np.testing.assert_array_equal, states[0].params, theirs)
  assert len(states[1].params) - len(theirs) == 2
  losses = [
    float(network.step(state, batch)[1])
    for network, state in zip((still, trained), states, strict=True)
  ]
  # With other masks they would differ in the first digits.
  assert losses[0] == pytest.approx(losses[1], rel=1e-5)
  other = float(still.step(still.init(6), batch)[1])
  assert abs(other - losses[0]) > 1e-3


def test_each_step_has_dropout_of_its_own(
  still: CompiledNetwork, batch: Batch
) -> None:
  state, losses = still.init(0), []
  for _ in range(3):
    state, loss = still.step(state, batch)
    losses.append(float(loss))
  assert len(set(losses)) == 3
  _, loss = still.step(still.init(0), batch)
  assert float(loss) == losses[0]
  assert still.compilations == 1


def test_an_activation_that_cannot_be_traced() -> None:
  network = CompiledNetwork(tiny.PROTOCOL, lambda x: x.reshape(3, 7))
  with pytest.raises(UserError, match=r"^gin with odd can't be built: "):
    network.check("odd")
