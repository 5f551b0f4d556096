"""The panel: activations that every comparison between benchmarks is made on.

Twenty named activations, and then what searches found. The twenty are fixed:
results on different benchmarks compare over one set only if it never changes.
They stand for what the literature uses and for how functions can differ:

- piecewise linear: relu, leaky_relu, hard_tanh;
- exponential or linear on the left: elu, selu;
- smooth and monotone, growing: softplus, squareplus;
- smooth gates of x, with a minimum: gelu, swish, hard_swish, mish;
- saturating: sigmoid, tanh, softsign;
- periodic: sin, snake;
- perturbed gates of arXiv 2602.05688 and of CRReLU: gelusine,
  gelu_sinc_perturbation, gmtu, crrelu.

Ten named ones are left out: gelu_exact, which differs from gelu by less than
0.0005; hard_sigmoid, a gate inside of other units, where sigmoid stands for
both; and turbulent and phase_flip, whose outputs depend on other elements, so
that from benchmark to benchmark they are not the same function; and those that
came later, for their parameters: prelu, swish_beta, pau_leaky_relu, pau_swish,
ash and pangaea_product.
"""

from evolve import found
from harness.core import console

NAMES = (
  *("relu", "leaky_relu", "hard_tanh"),
  *("elu", "selu"),
  *("softplus", "squareplus"),
  *("gelu", "swish", "hard_swish", "mish"),
  *("sigmoid", "tanh", "softsign"),
  *("sin", "snake"),
  *("gelusine", "gelu_sinc_perturbation", "gmtu", "crrelu"),
)


def members() -> tuple[str, ...]:
  """The names of the panel's activations, those that searches found last."""
  return (*NAMES, *found.modules())


def print_members() -> None:
  """Prints the panel's activations in a line."""
  names = members()
  console.say_prose(f"panel, {len(names)} of these: {', '.join(names)}")
