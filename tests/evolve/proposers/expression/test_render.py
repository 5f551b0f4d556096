"""Rendering of programs as readable Python."""

import numpy as np

from evolve import activations
from evolve.proposers.expression import blocks, canonical, tree
from evolve.proposers.expression.render import render
from tests.evolve.proposers.expression.sources import tidy


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


def test_a_long_signature_takes_several_lines():
  text = tidy(activations.source("pau_leaky_relu"))
  lines = text.splitlines()
  assert max(map(len, lines)) <= 80
  assert lines[1:3] == [
    "    a4=0.9319196, a5=0.1524265, b1=4.8e-05, b2=3.9802479, b3=1.6e-05,",
    "    b4=0.3018338):",
  ]
  assert tidy(text) == text
