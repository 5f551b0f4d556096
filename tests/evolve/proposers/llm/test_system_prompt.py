"""The system message states the language and its limits, and nothing else."""

import re

import haiku as hk
import jax
import jax.numpy as jnp
import pytest

from evolve import language
from evolve.cost import cost_of
from evolve.language import parameters, rules
from evolve.program import Program
from evolve.proposers.llm.system_prompt import system_prompt
from harness.core.parameters import Share
from tests.evolve.proposers.llm.briefed import blocks


def system(
  max_flops=2048.0,
  max_memory=32.0,
  pointwise_only=False,
  parameters=Share.FROZEN,
):
  return system_prompt(
    "It is to {win}.",
    max_flops,
    max_memory,
    pointwise_only=pointwise_only,
    parameters=parameters,
  )


def test_begins_with_the_goal():
  first = "You write an activation function y = f(x). It is to {win}.\n\n"
  assert system().startswith(first)


def test_lists_exactly_what_the_language_allows():
  lines = re.findall(r"^([\w.]+)(?: \(.*\))?: (.+)$", system(), re.MULTILINE)
  listed = {k: v.split() for k, v in lines if k != "Python"}
  for module, names in listed.items():
    for name in names:
      language.check(f"def activation(x):\n  return {module}.{name}\n")
  paths = {
    name: name.replace("jnp", "jax.numpy").replace("lax", "jax.lax")
    for name in listed
  }
  annotations = {"jax", "jax.typing", "jax.scipy", "jax.scipy.stats"}
  assert {*paths.values(), *annotations} == {*rules.MODULES}
  # Names that are missing for one module are listed for another.
  anywhere = {name for names in listed.values() for name in names}
  for module, path in paths.items():
    assert {*listed[module]} <= rules.MODULES[path] <= anywhere
  assert {*listed["jnp"]} == rules.MODULES["jax.numpy"]
  assert {*listed["math"]} == rules.MODULES["math"]
  everywhere = [name for m in listed if m != "math" for name in listed[m]]
  assert len(everywhere) == len({*everywhere})


def test_lists_exactly_the_builtins_of_the_language():
  (names,) = re.findall(r"^Python: (.+)$", system(), re.MULTILINE)
  assert {*names.split()} == rules.BUILTINS


@pytest.mark.parametrize(
  "body",
  [
    "return x * x.shape[-1] + x.ndim + x.mean()",
    "return x.astype(x.dtype)",
    "y = jnp.pad(x, 1, mode='edge')\n  return jnp.sum(y, dtype='float32')",
    "return jnp.fft.fft(x, norm='ortho').real",
    "for k in range(3):\n    x = x + k\n  return x",
    "for a, b in ((1, 2), (3, 4)):\n    x = a * x + b\n  return x",
    "def helper(z):\n    return z > 0\n  return jnp.where(helper(x), x, 0)",
  ],
)
def test_constructs_called_allowed_are_allowed(body):
  language.check(f"def activation(x):\n  {body}\n")


@pytest.mark.parametrize(
  "construct, body",
  [
    ("`while`", "while 1:\n    x = x + 1\n  return x"),
    ("`class`", "class A:\n    pass\n  return x"),
    ("`try`", "try:\n    return x\n  finally:\n    pass"),
    ("`raise`", "raise x"),
    ("`assert`", "assert 1\n  return x"),
    ("`:=`", "return (y := x)"),
    ("`@`", "return x @ x"),
    ("a dictionary", "y = {1: x}\n  return y[1]"),
    ("an f-string", "y = f'{x}'\n  return x"),
    ("decorators", "@jax.nn.relu\n  def f(z):\n    return z\n  return f(x)"),
    ("recursion", "def f(z):\n    return f(z)\n  return f(x)"),
    ("unpacking by a star", "return max(*x)"),
    ("text", "y = 'text'\n  return x"),
  ],
)
def test_constructs_called_rejected_are_rejected(construct, body):
  (rejected,) = re.findall(r"^- Rejected: (.+)$", system(), re.MULTILINE)
  assert construct in re.split(r", | \(", rejected)
  with pytest.raises(language.LanguageError):
    language.check(f"def activation(x):\n  {body}\n")


def test_its_examples_are_of_the_language():
  (example,) = blocks(system())
  language.check(example)
  quoted = re.findall(r"`(jnp\.\w+\(.+\))`", system())
  assert quoted == ["jnp.sqrt(jnp.maximum(x, 1e-6))"]
  language.check(f"def activation(x):\n  return {quoted[0]}\n")


EXPRESSIONS = {
  "+": "x + x",
  "-": "x - x",
  "*": "x * x",
  "comparisons": "x > x",
  "where": "jnp.where(x, x, x)",
  "/": "x / x",
  "sqrt": "jnp.sqrt(x)",
  "exp": "jnp.exp(x)",
  "log": "jnp.log(x)",
  "sin": "jnp.sin(x)",
  "cos": "jnp.cos(x)",
  "tanh": "jnp.tanh(x)",
  "sigmoid": "jax.nn.sigmoid(x)",
  "erf": "lax.erf(x)",
  "expm1": "jnp.expm1(x)",
  "log1p": "jnp.log1p(x)",
  "cosh": "lax.cosh(x)",
  "sinh": "lax.sinh(x)",
  "arcsinh": "jnp.arcsinh(x)",
  "tan": "jnp.tan(x)",
  "arctan": "jnp.arctan(x)",
  "powers": "x ** 0.7",
}


def test_states_weights_as_the_cost_counts_them():
  (sentence,) = re.findall(r"Weights: (.+?)\. At most", system())
  stated = {}
  for group in sentence.split("; "):
    weight, names = group.split(" for ")
    powers = names.replace(" and x ** 0.7", " powers")
    stated |= dict.fromkeys(powers.split(), weight)
  assert stated.keys() == EXPRESSIONS.keys()
  for name, weight in stated.items():
    source = f"def activation(x):\n  return {EXPRESSIONS[name]}\n"
    # `where` is handed a number here, and compares it with 0 first.
    excess = 1 if name == "where" else 0
    flops = cost_of(language.load(source)).flops
    assert flops == pytest.approx(int(weight) + excess, abs=0.01), name


def test_states_the_budget():
  text = system(max_flops=300.5, max_memory=7.0)
  assert "at most 300.5 weighted operations per element" in text
  assert "At most 7 arrays of the size of x" in text


def test_says_whether_elements_may_mix():
  allowed, refused = system(), system(pointwise_only=True)
  assert "transfer best" in allowed and "transfer best" not in refused
  assert "on its own input element alone" in refused
  assert "on its own input element alone" not in allowed


@pytest.mark.parametrize("share", [Share.LAYER, Share.CHANNEL])
def test_says_how_parameters_are_trained(share):
  frozen, trained = system(), system(parameters=share)
  added = [line for line in trained.split("\n") if line not in frozen]
  assert len(added) == 2
  assert "one argument, or with parameters after it." in added[0]
  most = parameters.MAX_PARAMETERS
  assert "trained with the network" in added[1]
  assert f", one set per {share}, at most {most};" in added[1]
  (signature,) = re.findall(r"`(activation\(x, .+?\))`", added[1])
  example = Program(f"def {signature}:\n  return alpha * x + beta\n")
  activation = example.sharing_by_default(share).activation()
  assert activation.defaults == {"alpha": 1.0, "beta": 0.1}
  # What a parameter is, as the message says it.
  (stated,) = re.findall(r"arrays of shape (.+?)\. ", added[1])
  assert eval(stated, {"x": jnp.ones((2, 3))}) == shape_in_a_network(activation)


def shape_in_a_network(activation):
  params = hk.transform(activation).init(jax.random.key(0), jnp.ones((2, 3)))
  return jax.tree.leaves(params)[0].shape


def test_is_short():
  assert len(system().split()) <= 900
  assert len(system(parameters=Share.CHANNEL).split()) <= 960
