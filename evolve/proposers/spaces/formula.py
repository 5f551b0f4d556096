"""Formulas: trees of operators over the input, and programs that state them.

The docstring of a formula's program is the formula itself, as in
"mul(scale(tanh(x)), erf(x))", from which it is read again.
"""

import ast
import dataclasses
import functools
import textwrap
from collections.abc import Iterator

from evolve.program import Program
from evolve.proposers.expression import canonical, tree
from evolve.proposers.expression.render import render
from evolve.proposers.spaces.operators import OPERANDS, OPERATORS, PARAMETER
from harness.core.parameters import Share

_INPUT = "x"
_WIDTH = 76

Path = tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Formula:
  """An operator on formulas, or the input.

  Attributes:
    operator: a name in OPERATORS; of the input, "x".
    operands: as many as it takes.

  Raises:
    ValueError: there is no such operator, or it takes another number.
  """

  operator: str
  operands: tuple["Formula", ...] = ()

  def __post_init__(self) -> None:
    if self.operator == _INPUT:
      arity = 0
    elif self.operator in OPERATORS:
      arity = OPERATORS[self.operator].arity
    else:
      raise ValueError(f"no operator {self.operator!r}")
    if len(self.operands) != arity:
      raise ValueError(
        f"{self.operator} with {len(self.operands)} operands: it takes {arity}"
      )

  def __str__(self) -> str:
    if not self.operands:
      return self.operator
    return f"{self.operator}({', '.join(map(str, self.operands))})"

  @functools.cached_property
  def height(self) -> int:
    """The most operators between the result and an input."""
    return max((1 + each.height for each in self.operands), default=0)

  def parts(self, at: Path = ()) -> Iterator[tuple[Path, "Formula"]]:
    """Itself and all formulas in it, each with its path, outer before inner."""
    yield at, self
    for place, operand in enumerate(self.operands):
      yield from operand.parts((*at, place))

  def operations(self) -> list[tuple[Path, "Formula"]]:
    """The parts that are no inputs."""
    return [(path, part) for path, part in self.parts() if part.operands]

  def replaced(self, path: Path, new: "Formula") -> "Formula":
    """The formula with another part at a path."""
    if not path:
      return new
    place, *rest = path
    operands = list(self.operands)
    operands[place] = operands[place].replaced(tuple(rest), new)
    return dataclasses.replace(self, operands=tuple(operands))


X = Formula(_INPUT)


def parse(text: str) -> Formula:
  """The inverse of `str`.

  Raises:
    ValueError: it is no formula.
  """

  def read(node: ast.expr) -> Formula:
    match node:
      case ast.Name(id=name):
        return Formula(name)
      case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]):
        return Formula(name, tuple(map(read, operands)))
    raise ValueError(f"no formula: {ast.unparse(node)}")

  try:
    return read(ast.parse(text.strip(), mode="eval").body)
  except SyntaxError as error:
    raise ValueError(f"no formula: {text}") from error


@functools.lru_cache(maxsize=4096)
def source(formula: Formula) -> str:
  """The program of a formula; its parameters are keyword arguments, 1.0."""
  names: list[str] = []

  def expression(part: Formula) -> ast.expr:
    if not part.operands:
      return ast.Name(_INPUT, ast.Load())
    operator = OPERATORS[part.operator]
    values = dict(zip(OPERANDS, map(expression, part.operands), strict=False))
    if operator.has_parameter:
      names.append(f"{PARAMETER}_{len(names) + 1}")
      values[PARAMETER] = ast.Name(names[-1], ast.Load())
    return canonical.substitute(tree.copied(operator.expression), values)

  result = expression(formula)
  arguments = ", ".join([_INPUT, *(f"{name}=1.0" for name in names)])
  module = ast.parse(f"def activation({arguments}):\n  return {_INPUT}")
  tree.main_function(module).body = [ast.Return(result)]
  head, _, body = render(module).partition("\n")
  docstring = textwrap.fill(
    f'"""{formula}"""',
    _WIDTH,
    initial_indent="  ",
    subsequent_indent="  ",
    break_long_words=False,
  )
  return f"{head}\n{docstring}\n{body}"


@functools.lru_cache(maxsize=4096)
def of_program(text: str) -> Formula | None:
  """The formula whose program it is; None for one written otherwise."""
  try:
    function = tree.main_function(ast.parse(text))
    formula = parse(ast.get_docstring(function) or "")
  except (StopIteration, SyntaxError, ValueError):
    return None
  is_its = source(formula) == Program(text).sharing(Share.FROZEN).source
  return formula if is_its else None
