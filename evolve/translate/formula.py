"""Programs as formulas."""

import dataclasses

from evolve.translate.formulas.evaluation import symbolic
from evolve.translate.formulas.latex import latex
from evolve.translate.formulas.mathml import mathml
from evolve.translate.formulas.notation import layout
from evolve.translate.formulas.plain import plain


@dataclasses.dataclass(frozen=True)
class Formula:
  """What an activation computes of x, in three notations.

  Activations that have a name stand by it, followed by their parameter if it
  is not 1, as in leakyrelu(x, 0.01). σ is the logistic function, gelu is what
  JAX means by default, the tanh form, and sinc(x) is sin(πx)/(πx).

  Attributes:
    latex: for LaTeX with the package amsmath, without dollar signs.
    mathml: a `math` element of presentation MathML.
    plain: one line of text.
  """

  latex: str
  mathml: str
  plain: str


def formula(source: str) -> Formula | None:
  """The formula of a program, with its constants as they are written.

  Args:
    source: a program of the language.

  Returns:
    The formula; None if the program mixes elements, looks at shapes, or uses
    what has no notation here, or if it would take hundreds of operations.

  Raises:
    LanguageError: if the program is not of the language.
  """
  expression = symbolic(source)
  if expression is None:
    return None
  laid_out = layout(expression)
  return Formula(latex(laid_out), mathml(laid_out), plain(laid_out))
