"""Programs as formulas."""

import dataclasses
import re
from typing import Any

import sympy
from latex2mathml import converter
from sympy.core.parameters import distribute
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import precedence
from sympy.printing.str import StrPrinter

from evolve.translate.formulas.evaluation import symbolic


@dataclasses.dataclass(frozen=True)
class Formula:
  """An activation as a function of x, in two notations.

  Named activations are called by their names, with their parameter if it is
  not 1, as in leakyrelu(x, 0.01). gelu is JAX's default, the tanh form, sinc(x)
  is sin(pi x)/(pi x), mod has the sign of its second argument and fmod that of
  its first, and round goes to even numbers.

  Attributes:
    mathml: a `math` element of presentation MathML.
    plain: one line, in Python's notation.
  """

  mathml: str
  plain: str


def formula(source: str) -> Formula:
  """The formula of a program.

  Args:
    source: a program of the candidate language.

  Raises:
    LanguageError: if the program is not of the language.
    NoFormulaError: see `symbolic`; the text says why.
  """
  expression = symbolic(source)
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
  """SymPy's text with Python's comparisons and conditional expressions."""

  def _print_Relational(self, expr: Any) -> str:
    left, right = (
      self.parenthesize(side, precedence(expr)) for side in expr.args
    )
    return f"{left} {expr.rel_op} {right}"

  def _print_Piecewise(self, expr: sympy.Piecewise) -> str:
    *cases, (last, _) = expr.args
    parts = [f"{self._print(v)} if {self._print(c)} else " for v, c in cases]
    return f"({''.join(parts)}{self._print(last)})"
