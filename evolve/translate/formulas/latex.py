"""Formulas as LaTeX."""

from evolve.translate.formulas.layout import (
  SIGMA,
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

_LATEX = {
  "": r"\,",
  "·": r"\cdot",
  "≤": r"\le",
  "≥": r"\ge",
  "≠": r"\ne",
  "π": r"\pi",
  SIGMA: r"\sigma",
  "log₂": r"\log_{2}",
  "log₁₀": r"\log_{10}",
  "|": "|",
  "⌈": r"\lceil",
  "⌉": r"\rceil",
  "⌊": r"\lfloor",
  "⌋": r"\rfloor",
} | {word: rf"\text{{ {word} }}" for word in ("and", "or", "not")}
_KNOWN = "arccos arcsin arctan cos cosh exp log max min sin sinh tan tanh"
_LATEX |= {name: "\\" + name for name in _KNOWN.split()}
_OTHERWISE = r" & \text{otherwise}"


def latex(node: Layout) -> str:
  """A formula for LaTeX with the package amsmath, without dollar signs."""
  match node:
    case Number(text=text):
      return text
    case Symbol(text=text):
      known = _LATEX.get(text)
      single = len(text) == 1
      return known or (text if single else rf"\operatorname{{{text}}}")
    case Operator(text=text, between=between):
      sign = _LATEX.get(text, text)
      return f" {sign} " if between else sign
    case Row(parts=parts):
      return "".join(map(latex, parts))
    case Brackets(inside=inside, left=left, right=right):
      left, right = (_LATEX.get(text, text) for text in (left, right))
      return rf"\left{left} {latex(inside)} \right{right}"
    case Call(function=function, arguments=arguments):
      listed = ", ".join(map(latex, arguments))
      return rf"{latex(function)}\left( {listed} \right)"
    case Fraction(numerator=above, denominator=below):
      return rf"\frac{{{latex(above)}}}{{{latex(below)}}}"
    case Power(base=base, exponent=exponent):
      return f"{latex(base)}^{{{latex(exponent)}}}"
    case Root(inside=inside):
      return rf"\sqrt{{{latex(inside)}}}"
    case Cases(rows=rows):
      lines = [
        latex(value)
        + (r" & \text{if } " + latex(condition) if condition else _OTHERWISE)
        for value, condition in rows
      ]
      text = r" \\ ".join(lines)
      return rf"\begin{{cases}} {text} \end{{cases}}"
