"""Programs as formulas."""

import dataclasses
import re
from typing import Any

import sympy
from latex2mathml import converter
from sympy.core.parameters import distribute
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from evolve.translate.formulas.evaluation import symbolic


@dataclasses.dataclass(frozen=True)
class Formula:
  """An activation as a function of x, in two notations.

  Named activations are called by their names, with their parameter if it is
  not 1, as in leakyrelu(x, 0.01). gelu is JAX's default, the tanh form, and
  sinc(x) is sin(pi x)/(pi x).

  Attributes:
    mathml: a `math` element of presentation MathML.
    plain: one line, in Python's notation.
  """

  mathml: str
  plain: str


def formula(source: str) -> Formula | None:
  """The formula of a program.

  Args:
    source: a program of the candidate language.

  Returns:
    The formula; None where `symbolic` returns none.

  Raises:
    LanguageError: if the program is not of the language.
  """
  expression = symbolic(source)
  if expression is None:
    return None
  with distribute(False):
    latex = _Latex({"mul_symbol": r" \, "}).doprint(expression)
    plain = _Plain({"full_prec": False}).doprint(expression)
  # Names are no operators, which would have space around them.
  mathml = re.sub(
    r"<mo>(\w{2,})</mo>", r"<mi>\1</mi>", converter.convert(latex)
  )
  return Formula(mathml, plain)


class _Latex(LatexPrinter):  # type: ignore[misc]
  """SymPy's LaTeX with brackets around cases that are part of a formula."""

  def _print_Piecewise(self, expr: sympy.Piecewise, exp: str = "") -> str:
    cases: str = super()._print_Piecewise(expr)
    if self._print_level == 1:
      return cases
    power = f"^{{{exp}}}" if exp else ""
    return rf"\left({cases}\right){power}"

  def _needs_mul_brackets(self, expr: Any, *args: Any, **kwargs: Any) -> bool:
    if expr.is_Piecewise:
      return False
    return bool(super()._needs_mul_brackets(expr, *args, **kwargs))


class _Plain(StrPrinter):  # type: ignore[misc]
  """SymPy's text with cases as Python's conditional expressions."""

  def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
    *cases, (last, _) = expr.args
    parts = [f"{self._print(v)} if {self._print(c)} else " for v, c in cases]
    return f"({''.join(parts)}{self._print(last)})"
