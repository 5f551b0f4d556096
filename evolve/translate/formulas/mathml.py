"""Formulas as MathML."""

import html

from evolve.translate.formulas.layout import (
  Brackets,
  Call,
  Cases,
  Fraction,
  Layout,
  Number,
  Operator,
  Power,
  Root,
  Row,
  Symbol,
)

_APPLY = "\N{FUNCTION APPLICATION}"
_SPACE = "\N{NO-BREAK SPACE}"  # Others vanish at the ends of texts.
_MINUS = "\N{MINUS SIGN}"
_TIMES = "\N{INVISIBLE TIMES}"


def mathml(node: Layout) -> str:
  """A whole `math` element of presentation MathML, which names no file."""
  return f"<math>{_element(node)}</math>"


def _element(node: Layout) -> str:
  match node:
    case Number(text=text):
      return f"<mn>{text}</mn>"
    case Symbol(text=text):
      return f"<mi>{html.escape(text)}</mi>"
    case Operator(text=text) if text.isalpha():
      return f"<mtext>{_SPACE}{text}{_SPACE}</mtext>"
    case Operator(text=""):
      return f'<mo rspace="0.15em">{_TIMES}</mo>'
    case Operator(text=text):
      return f"<mo>{html.escape(_MINUS if text == '-' else text)}</mo>"
    case Row(parts=parts):
      return f"<mrow>{''.join(map(_element, parts))}</mrow>"
    case Brackets(inside=inside, left=left, right=right):
      return f"<mrow><mo>{left}</mo>{_element(inside)}<mo>{right}</mo></mrow>"
    case Call(function=function, arguments=arguments):
      listed = "<mo>,</mo>".join(map(_element, arguments))
      return (
        f"<mrow>{_element(function)}<mo>{_APPLY}</mo>"
        f"<mrow><mo>(</mo>{listed}<mo>)</mo></mrow></mrow>"
      )
    case Fraction(numerator=above, denominator=below):
      return f"<mfrac>{_element(above)}{_element(below)}</mfrac>"
    case Power(base=base, exponent=exponent):
      return f"<msup>{_element(base)}{_element(exponent)}</msup>"
    case Root(inside=inside):
      return f"<msqrt>{_element(inside)}</msqrt>"
    case Cases(rows=rows):
      lines = "".join(_case(value, condition) for value, condition in rows)
      return f"<mrow><mo>{{</mo><mtable>{lines}</mtable></mrow>"


def _case(value: Layout, condition: Layout | None) -> str:
  when = "<mtext>otherwise</mtext>"
  if condition:
    when = f"<mtext>if{_SPACE}</mtext>{_element(condition)}"
  return f"<mtr><mtd>{_element(value)}</mtd><mtd>{when}</mtd></mtr>"
