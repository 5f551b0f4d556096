"""Rendering of programs as readable Python."""

import numpy as np

from evolve.proposers.expression import blocks, canonical, tree
from evolve.proposers.expression.render import render


def test_constants_get_names_by_role():
  block = "e + amplitude * jnp.sin(frequency * x)"
  rng = np.random.default_rng(0)
  module = canonical.parse("def activation(x):\n  return x\n")
  for _ in range(2):
    result = tree.result_of(tree.main_function(module))
    wave = blocks.fill(block, rng, "x", e=result)
    tree.replace(module, result, wave)
  lines = [line.strip() for line in render(module).splitlines()]
  assert [line.split(" = ")[0] for line in lines[1:-1]] == [
    "amplitude",
    "frequency",
    "amplitude_2",
    "frequency_2",
    "term",
  ]
  assert lines[-2:] == [
    "term = x + amplitude * jnp.sin(frequency * x)",
    "return term + amplitude_2 * jnp.sin(frequency_2 * x)",
  ]
