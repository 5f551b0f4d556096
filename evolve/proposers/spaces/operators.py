"""The operators of published search spaces, as expressions of the language.

In an expression e, b and c are the operands, and beta is a parameter: one of
its own for each place where the operator stands, 1 at first. None is protected:
a formula may be undefined for some inputs, as in the papers.
"""

import ast
import dataclasses
import functools
from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax import lax

from evolve.language.syntax import walk

OPERANDS = ("e", "b", "c")
PARAMETER = "beta"
# The papers' epsilon, whose value they don't give.
_EPSILON = "1e-5"


@dataclasses.dataclass(frozen=True)
class Operator:
  """An operator of formulas.

  Attributes:
    text: an expression of the language.
  """

  text: str

  @functools.cached_property
  def expression(self) -> ast.expr:
    """The parsed text: copy it before a change."""
    return ast.parse(self.text, mode="eval").body

  @functools.cached_property
  def arity(self) -> int:
    """The number of operands."""
    return sum(operand in self._names for operand in OPERANDS)

  @functools.cached_property
  def function(self) -> Callable[..., jax.Array]:
    """It as a function of arrays, e, b and c; its parameter stays 1."""
    arguments = ", ".join([*OPERANDS[: self.arity], f"{PARAMETER}=1.0"])
    names = {"jax": jax, "jnp": jnp, "lax": lax}
    # The text is that of this file.
    return eval(f"lambda {arguments}: {self.text}", names)  # type: ignore[no-any-return]

  @functools.cached_property
  def has_parameter(self) -> bool:
    return PARAMETER in self._names

  @functools.cached_property
  def _names(self) -> frozenset[str]:
    names = (n.id for n in walk(self.expression) if isinstance(n, ast.Name))
    return frozenset(names)


OPERATORS: Mapping[str, Operator] = {
  name: Operator(text)
  for name, text in {
    # Unary.
    "zero": "jnp.zeros_like(e)",
    "one": "jnp.ones_like(e)",
    "identity": "e",
    "negative": "-e",
    "abs": "jnp.abs(e)",
    "reciprocal": "1 / e",
    "square": "jnp.square(e)",
    "cube": "e ** 3",
    "sqrt": "jnp.sqrt(e)",
    "exp": "jnp.exp(e)",
    "erf": "lax.erf(e)",
    "erfc": "lax.erfc(e)",
    "sin": "jnp.sin(e)",
    "cos": "jnp.cos(e)",
    "sinh": "jnp.sinh(e)",
    "cosh": "jnp.cosh(e)",
    "tanh": "jnp.tanh(e)",
    "sinc": "jnp.sinc(e)",
    "expm1": "jnp.expm1(e)",
    "sigmoid": "jax.nn.sigmoid(e)",
    "log_sigmoid": "jax.nn.log_sigmoid(e)",
    "log_abs": f"jnp.log(jnp.abs(e) + {_EPSILON})",
    "arcsinh": "jnp.arcsinh(e)",
    "arctan": "jnp.arctan(e)",
    "bessel_i0e": "lax.bessel_i0e(e)",
    "bessel_i1e": "lax.bessel_i1e(e)",
    "relu": "jax.nn.relu(e)",
    "negative_part": "jnp.minimum(e, 0)",
    "elu": "jax.nn.elu(e)",
    "selu": "jax.nn.selu(e)",
    "swish": "jax.nn.swish(e)",
    "softplus": "jax.nn.softplus(e)",
    "softsign": "jax.nn.soft_sign(e)",
    # As in old versions of Keras; that of JAX differs.
    "hard_sigmoid": "jnp.clip(0.2 * e + 0.5, 0, 1)",
    "gaussian": "jnp.exp(-jnp.square(e))",
    "scale": "beta * e",
    "shift": "e + beta",
    "constant": "beta * jnp.ones_like(e)",
    # Binary.
    "add": "e + b",
    "sub": "e - b",
    "mul": "e * b",
    "div": "e / b",
    "safe_div": f"e / (b + {_EPSILON})",
    "pow": "jnp.power(e, b)",
    "max": "jnp.maximum(e, b)",
    "min": "jnp.minimum(e, b)",
    "gate": "jax.nn.sigmoid(e) * b",
    "radial": "jnp.exp(-beta * jnp.square(e - b))",
    "laplace": "jnp.exp(-beta * jnp.abs(e - b))",
    "mix": "beta * e + (1 - beta) * b",
    # Of three operands.
    "sum3": "e + b + c",
    "prod3": "e * b * c",
    "max3": "jnp.maximum(jnp.maximum(e, b), c)",
    "min3": "jnp.minimum(jnp.minimum(e, b), c)",
  }.items()
}

# Bingham and Miikkulainen, arXiv 2301.05785, 2006.03179 and 2002.07224.
UNARY = (
  *("zero", "one", "identity", "negative", "abs", "reciprocal", "square"),
  *("exp", "erf", "erfc", "sinh", "cosh", "tanh", "expm1", "sigmoid"),
  *("log_sigmoid", "arcsinh", "arctan", "bessel_i0e", "bessel_i1e", "relu"),
  *("elu", "selu", "swish", "softplus", "softsign", "hard_sigmoid"),
)
BINARY = ("add", "sub", "mul", "div", "pow", "max", "min")
TERNARY = ("sum3", "prod3", "max3", "min3")

# Ramachandran et al., arXiv 1710.05941.
SWISH_UNARY = (
  *("identity", "negative", "abs", "square", "cube", "sqrt", "scale", "shift"),
  *("log_abs", "exp", "sin", "cos", "sinh", "cosh", "tanh", "arcsinh"),
  *("arctan", "sinc", "relu", "negative_part", "sigmoid", "softplus"),
  *("gaussian", "erf", "constant"),
)
SWISH_BINARY = (
  *("add", "mul", "sub", "safe_div", "max", "min", "gate", "radial"),
  *("laplace", "mix"),
)
