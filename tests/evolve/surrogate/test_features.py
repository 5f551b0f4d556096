"""Fisher spectra of formulas by one program, against each by its own."""

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve import language
from evolve.proposers.spaces.enumeration import SMALL, inputs
from evolve.proposers.spaces.formula import parse, source
from evolve.surrogate.features import outputs, spectra
from evolve.surrogate.fisher import Fisher, Network

_FORMULAS = (
  "mul(tanh(x), sigmoid(x))",
  "max(swish(x), zero(x))",
  "max(zero(x), swish(x))",
  "arctan(sinh(x))",
  "sum3(erf(x), relu(x), tanh(x))",
  "x",
  "div(one(x), zero(x))",
)


def _fisher() -> Fisher:
  of_x, of_w = jax.random.split(jax.random.PRNGKey(0))
  network = Network(
    lambda activation: hk.nets.MLP([8, 8, 1], activation=activation),
    jax.random.normal(of_x, (32, 3)),
    lambda outputs: jnp.sum((outputs - 0.5) ** 2),
  )
  return Fisher(network, of_w)


@pytest.mark.slow
def test_formulas_of_any_form_have_their_own_spectra() -> None:
  fisher = _fisher()
  found = spectra(fisher, [parse(text) for text in _FORMULAS])
  for text, row in zip(_FORMULAS, found, strict=True):
    alone = fisher.spectra(language.load(source(parse(text))))
    np.testing.assert_allclose(row, alone, atol=0.02, err_msg=text)
  # Operands in another order give the same.
  np.testing.assert_allclose(found[1], found[2], atol=1e-6)
  assert np.isnan(found[-1]).all() and np.isfinite(found[:-1]).all()
  distances = abs(fisher.weighted(found[:2])[0] - fisher.weighted(found[:2])[1])
  assert distances.sum() > 0.005


def test_outputs_are_those_of_the_programs() -> None:
  x = inputs()
  assert x.shape == (1_000,) and abs(x).max() <= 5
  numbers = [5_000, 17, 2_400]  # In any order.
  found = outputs([SMALL.formula(number) for number in numbers])
  for number, row in zip(numbers, found, strict=True):
    activation = language.load(source(SMALL.formula(number)))
    with jax.enable_x64(True):
      expected = activation(jnp.asarray(x))
    np.testing.assert_allclose(row, expected, rtol=1e-5, atol=1e-6)
