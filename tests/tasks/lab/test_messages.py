"""The way of a table gives what any activation gives."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.table import GRID, STEP, Table
from tasks.lab.messages import Messages, greatest

TANH = Table.of(np.tanh(GRID), 1 - np.tanh(GRID) ** 2)


def _messages(num_nodes: int) -> Messages:
  rng = np.random.default_rng(num_nodes)

  def normal(*shape: int) -> jax.Array:
    return jnp.asarray(rng.normal(size=shape), jnp.float32)

  joined = rng.random((3, num_nodes, num_nodes)) < 0.6
  joined[0, 1] = False  # A node that hears nothing.
  return Messages(
    received=normal(3, num_nodes, 7),
    sent=normal(3, num_nodes, 7),
    edges=normal(3, num_nodes, num_nodes),
    per_edge=normal(7),
    joined=jnp.asarray(joined, jnp.float32),
  )


@pytest.mark.parametrize("num_nodes", [2, 5, 20])
def test_greatest_message_by_table(num_nodes: int) -> None:
  messages = _messages(num_nodes)
  heard = greatest(TANH, messages)
  np.testing.assert_allclose(heard, greatest(jnp.tanh, messages), atol=STEP)
  assert np.all(np.asarray(heard)[0, 1] == 0)


@pytest.mark.parametrize("num_nodes", [2, 5, 20])
def test_gradient_by_table(num_nodes: int) -> None:
  def loss(activation: Any, *variable: jax.Array) -> jax.Array:
    received, sent, per_edge = variable
    messages = _messages(num_nodes)._replace(
      received=received, sent=sent, per_edge=per_edge
    )
    return jnp.sum(greatest(activation, messages) ** 2)

  messages = _messages(num_nodes)
  at = (messages.received, messages.sent, messages.per_edge)
  # Told apart from a table by a function around it, it goes the general way.
  gradients = jax.grad(loss, (1, 2, 3))(TANH, *at)
  general = [
    jax.grad(lambda *v: loss(lambda x: TANH(x), *v), index)(*at)
    for index in range(3)
  ]
  for found, expected in zip(gradients, general, strict=True):
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_message_without_end_is_not_lost() -> None:
  messages = _messages(4)
  endless = messages._replace(sent=messages.sent.at[:, 2].set(jnp.inf))
  line = Table.of(GRID, np.ones_like(GRID))
  assert not np.all(np.isfinite(greatest(line, endless)))
