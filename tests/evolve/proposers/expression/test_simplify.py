"""Simplification of programs."""

import pytest

from tests.evolve.proposers.expression.sources import tidy


@pytest.mark.parametrize(
  "expression, expected",
  [
    ("x * 1 + 0", "x"),
    ("2 * (3 * x)", "6 * x"),
    ("(x + 1) + 2", "x + 3"),
    ("x / 1 - 0 * jnp.sin(x)", "x"),
    ("jnp.abs(jnp.abs(x))", "jnp.abs(x)"),
    ("jnp.maximum(x, x)", "x"),
    ("jnp.where(x > 0, x, x)", "x"),
    ("x + (jnp.sin(x) - jnp.sin(x))", "x"),
    ("--x", "x"),
    ("x / 3", "x / 3"),
    ("(1 / 3) * x", "1 / 3 * x"),
    ("(-2) ** 2 * x", "(-2) ** 2 * x"),
    ("x - -2", "x + 2"),
  ],
)
def test_simplification(expression, expected):
  source = f"def activation(x):\n  return {expression}\n"
  assert tidy(source) == f"def activation(x):\n  return {expected}\n"


def test_unread_statements_are_dropped():
  source = """
def unused(t):
  return t

def activation(x):
  a = jnp.sin(x)
  b = a
  total = x
  for i in range(3):
    total = total + i
  return jnp.tanh(x)
"""
  assert tidy(source) == "def activation(x):\n  return jnp.tanh(x)\n"
