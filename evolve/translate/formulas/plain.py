"""Formulas as a line of text."""

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


def plain(node: Layout) -> str:
  """One line of text, such as `gelu(x) + 0.1 sin(x)`."""
  match node:
    case Number(text=text) | Symbol(text=text):
      return text
    case Operator(text=text, between=between):
      if between:
        return f" {text} " if text else " "
      return text
    case Row(parts=parts):
      return "".join(
        f"({plain(part)})" if isinstance(part, Cases) else plain(part)
        for part in parts
      )
    case Brackets(inside=inside, left=left, right=right):
      return f"{left}{plain(inside)}{right}"
    case Call(function=function, arguments=arguments):
      return f"{plain(function)}({', '.join(map(plain, arguments))})"
    case Fraction(numerator=above, denominator=below):
      return f"{_grouped(above)}/{_grouped(below)}"
    case Power(base=base, exponent=exponent):
      return f"{_grouped(base)}^{_grouped(exponent)}"
    case Root(inside=inside):
      return f"sqrt({plain(inside)})"
    case Cases(rows=rows):
      return ", ".join(
        plain(value)
        + (f" if {plain(condition)}" if condition else " otherwise")
        for value, condition in rows
      )


def _grouped(node: Layout) -> str:
  """A part of a line that is one unit."""
  if isinstance(node, Row | Fraction | Cases | Power):
    return f"({plain(node)})"
  return plain(node)
