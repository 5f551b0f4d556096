"""Messages by table against messages by any activation."""

import functools
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
  joined[0, 1] = False  # A node without neighbours.
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
  both = jax.jit(lambda m: (greatest(TANH, m), greatest(jnp.tanh, m)))
  by_table, exact = map(np.asarray, both(messages))
  np.testing.assert_allclose(by_table, exact, atol=STEP)
  assert np.all(by_table[0, 1] == 0)


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

  @jax.jit
  def gradients(*at: jax.Array) -> Any:
    """By table, and as for any function, which the lambda makes of it."""
    return [
      jax.grad(functools.partial(loss, activation), (0, 1, 2))(*at)
      for activation in (TANH, lambda x: TANH(x))
    ]

  for found, expected in zip(*gradients(*at), strict=True):
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_an_infinite_message_is_not_lost() -> None:
  messages = _messages(4)
  infinite = messages._replace(sent=messages.sent.at[:, 2].set(jnp.inf))
  line = Table.of(GRID, np.ones_like(GRID))
  assert not np.all(np.isfinite(jax.jit(greatest)(line, infinite)))
