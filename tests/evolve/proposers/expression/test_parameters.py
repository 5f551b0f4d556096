"""Parameters of programs under simplification, perturbation and crossover."""

import numpy as np
import pytest

from evolve import activations, language
from evolve.language.parameters import MAX_PARAMETERS, numbers, trainable
from evolve.proposers.expression import (
  ExpressionMutator,
  canonical,
  crossover,
  operators,
  parameters,
  tree,
)
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify
from tests.evolve.proposers.expression.sources import (
  outputs,
  tidy,
)

PRELU = (
  "def activation(x, slope=0.25):\n  return jnp.where(x > 0, x, slope * x)\n"
)
SWISH = "def activation(x, beta=1.0):\n  return x * jax.nn.sigmoid(beta * x)\n"
PARAMETRIC = {
  name: source
  for name in activations.names()
  if numbers(source := activations.source(name))
}


def _changed(source, operator, seed=0):
  """The program after an operator, which found a site."""
  module = simplify(canonical.parse(source))
  assert operator(module, np.random.default_rng(seed))
  return render(simplify(module))


@pytest.mark.parametrize("source", [PRELU, SWISH])
def test_parameters_are_no_constants_to_simplification(source):
  assert tidy(source) == source


def test_unread_parameters_are_dropped():
  source = (
    "def activation(x, a=0.5, b=-2.0, /, c=3, *, d=1.5, e=2.5):\n"
    "  return jnp.tanh(b * x) + e + 0 * (a + d)\n"
  )
  assert tidy(source) == (
    "def activation(x, b=-2.0, *, e=2.5):\n  return jnp.tanh(b * x) + e\n"
  )


def test_unread_arguments_of_helpers_are_dropped_with_their_values():
  source = (
    "def activation(x, a=0.5, b=0.25):\n"
    "  def partner(z, a, b, c):\n"
    "    for k in range(2):\n      z = jnp.tanh(b * z)\n    return z\n"
    "  return partner(x, a=a, b=b, c=3.0)\n"
  )
  kept = source.replace("a=0.5, ", "").replace(", c=3.0", "")
  kept = kept.replace("z, a, b, c", "z, b").replace("a=a, ", "")
  assert tidy(source) == kept


def test_arguments_that_are_passed_by_position_stay():
  source = (
    "def gate(z, a):\n  for k in range(2):\n    z = jnp.tanh(z)\n  return z\n"
    "\ndef activation(x):\n  return gate(x, 2.0)\n"
  )
  assert tidy(source) == source


def test_default_values_are_perturbed_in_size():
  found = []
  for seed in range(20):
    child = _changed(SWISH, operators.perturb_constants, seed)
    found += numbers(child).values()
    assert child == SWISH.replace("1.0", repr(found[-1]))
  assert 0.3 < min(found) < 1.0 < max(found) < 3.0


def test_integers_are_not_perturbed():
  module = canonical.parse("def activation(x, n=2):\n  return x**n\n")
  assert not operators.perturb_constants(module, np.random.default_rng(0))


@pytest.mark.parametrize("name", PARAMETRIC)
def test_children_by_crossover_have_what_they_read(name):
  mutator = ExpressionMutator(crossover_rate=1.0)
  for seed in range(8):
    rng = np.random.default_rng(seed)
    for parents in ([PRELU, PARAMETRIC[name]], [PARAMETRIC[name], PRELU]):
      child = mutator.propose(parents, rng)
      language.check(child)
      read = tree.loads(canonical.parse(child))
      assert {*trainable(child)} <= {*read}
      assert len(trainable(child)) <= MAX_PARAMETERS


def test_parameters_come_with_a_partner_under_a_name_that_is_free():
  partner = canonical.parse(PRELU.replace("0.25", "0.5"))
  module = canonical.parse(PRELU)
  values = parameters.adopt(module, tree.main_function(partner), {"slope"})
  assert render(module) == PRELU.replace("0.25", "0.25, slope_2=0.5")
  assert values["slope"].id == "slope_2"
  assert render(partner) == PRELU.replace("0.25", "0.5")


def test_a_whole_partner_computes_what_it_did():
  partner = "def activation(x, slope=0.5):\n  return jnp.arctan(slope * x)\n"
  children, expected = [], []
  for seed in range(12):
    # A literal in its place is as good as a parameter.
    for each, all_of_them in (
      (partner, children),
      (partner.replace(", slope=0.5", "").replace("slope", "0.5"), expected),
    ):
      module = canonical.parse(PRELU)
      crossover.cross(
        module, canonical.parse(each), np.random.default_rng(seed)
      )
      all_of_them.append(render(module))
  assert sum("slope_2=0.5" in child for child in children) > 8
  found = outputs(*children, *expected)
  for ours, theirs in zip(found[:12], found[12:], strict=True):
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)


def test_a_partner_as_a_helper_is_passed_its_parameters():
  module = canonical.parse(PRELU)
  partner = simplify(canonical.parse(PARAMETRIC["ash"]))
  crossover.cross(module, partner, np.random.default_rng(0))
  child = render(module)
  assert child.startswith("def activation(x, slope=0.25, alpha=1.0, z=0.0):\n")
  assert "  def partner(x, alpha, z):\n" in child
  assert "partner(x, alpha=alpha, z=z)" in child
  (values,) = outputs(child)
  assert np.isfinite(values).all()


@pytest.mark.parametrize(
  "signature, helper, call, expected",
  [
    ("x, b=3.0", "x, beta", "x, beta=b", ("x, b=3.0", "", "b")),
    ("x", "x, beta=3.0", "x", ("x", "  beta = 3.0\n", "beta")),
  ],
)
def test_a_short_helper_is_written_out(signature, helper, call, expected):
  source = (
    f"def activation({signature}):\n  def partner({helper}):\n"
    f"    return x * jax.nn.sigmoid(beta * x)\n  return partner({call})\n"
  )
  arguments, constants, name = expected
  assert tidy(source) == (
    f"def activation({arguments}):\n{constants}"
    f"  return x * jax.nn.sigmoid({name} * x)\n"
  )


def test_there_is_room_for_some_parameters_only():
  module = canonical.parse(PARAMETRIC["pau_swish"])
  for seed in range(3):
    partner = canonical.parse(PARAMETRIC["pau_leaky_relu"])
    crossover.cross(module, partner, np.random.default_rng(seed))
  assert parameters.add(module, "more", 0.5) is None
  child = render(simplify(module))
  language.check(child)
  assert len(trainable(child)) == MAX_PARAMETERS
