"""Bounds on the run of a candidate, from its constants alone."""

import ast
import math

from evolve.language import rules
from evolve.language.errors import LanguageError, reject
from evolve.language.scope import Function, Scope, Variable


def count_steps(
  function: Function,
  counted: dict[Function, int],
  callers: tuple[Function, ...] = (),
) -> int:
  """The steps of one call, those of its callees included.

  Args:
    function: the called function.
    counted: the steps of functions counted so far, which this adds to.
    callers: functions whose count has begun, the outermost first.

  Raises:
    LanguageError: the function can end up calling itself, or calls are
      nested too deeply.
  """
  if function in callers:
    raise LanguageError(
      function.line,
      f"`{function.name}` calling itself",
      "loop with `for` over a constant range",
    )
  if len(callers) > rules.MAX_DEPTH:
    raise LanguageError(
      function.line,
      "a chain of so many calls",
      f"the limit is {rules.MAX_DEPTH}",
    )
  if function not in counted:
    steps = function.steps
    for callee, times in function.calls:
      steps += times * count_steps(callee, counted, (*callers, function))
    counted[function] = steps
  return counted[function]


def check_constant(node: ast.Constant) -> None:
  """Rejects text and large integers."""
  if isinstance(node.value, str | bytes):
    reject(
      node,
      f"the text {node.value!r:.40}",
      "text is for docstrings and the keyword arguments "
      + ", ".join(sorted(rules.TEXT_KEYWORDS)),
    )
  if isinstance(node.value, int) and node.value > rules.MAX_INTEGER:
    reject(node, "an integer this large", f"the limit is {rules.MAX_INTEGER}")


def turns(node: ast.expr, scope: Scope) -> int:
  """The largest number of turns of a loop over `node`."""
  count = length(node, scope)
  if count is None:
    reject(
      node,
      f"a loop over `{ast.unparse(node)}`",
      "loop over a range of constants, a tuple, or zip or enumerate of those",
    )
  if count > rules.MAX_LOOP:
    reject(node, f"a loop of {count} turns", f"the limit is {rules.MAX_LOOP}")
  return count


def learn(variable: Variable, value: ast.expr, scope: Scope) -> None:
  """Notes the integer or length of a variable whose only value is `value`."""
  variable.integer = integer(value, scope)
  variable.length = length(value, scope)


def integer(node: ast.expr, scope: Scope) -> int | None:
  """The value of a constant integer expression, or None.

  Raises:
    LanguageError: the value is beyond bounds, as that of `9 ** 9 ** 9`.
  """
  match node:
    case ast.Constant(value=int(value)) if value <= rules.MAX_INTEGER:
      return value
    case ast.Name(id=name):
      return _known(name, scope).integer
    case ast.UnaryOp(op=ast.USub(), operand=operand):
      negated = integer(operand, scope)
      return None if negated is None else -negated
    case ast.Call(func=ast.Name(id="len"), args=[argument]):
      return length(argument, scope)
    case ast.Call(func=ast.Name(id="pow"), args=[base, exponent]):
      power = ast.BinOp(base, ast.Pow(), exponent)
      return integer(ast.copy_location(power, node), scope)
    case ast.BinOp(left=left, op=operator, right=right):
      a, b = integer(left, scope), integer(right, scope)
      return None if a is None or b is None else _apply(operator, a, b, node)
  return None


def length(node: ast.expr, scope: Scope) -> int | None:
  """The largest length of a sequence, or None if that is unknown."""
  match node:
    case ast.Tuple(elts=elements) | ast.List(elts=elements):
      return len(elements)
    case ast.Name(id=name):
      return _known(name, scope).length
    case ast.Subscript(value=value, slice=ast.Slice()):
      return length(value, scope)
    case ast.ListComp(generators=loops) | ast.GeneratorExp(generators=loops):
      counts = [length(loop.iter, scope) for loop in loops]
      known = [count for count in counts if count is not None]
      return math.prod(known) if len(known) == len(counts) else None
    case ast.Call(func=ast.Name(id="range"), args=arguments, keywords=[]):
      return _range_length([integer(a, scope) for a in arguments])
    case ast.Call(func=ast.Name(id="zip"), args=arguments):
      lengths = [length(a, scope) for a in arguments]
      return min((n for n in lengths if n is not None), default=None)
    case ast.Call(
      func=(
        ast.Name(id="enumerate" | "list" | "reversed" | "tuple")
        | ast.Attribute(attr="array" | "asarray")
      ),
      args=[argument, *_],
    ):
      return length(argument, scope)
  return None


def _known(name: str, scope: Scope) -> Variable:
  binding = scope.get(name)
  if isinstance(binding, Variable) and binding.times_bound == 1:
    return binding
  return Variable()


def _range_length(arguments: list[int | None]) -> int | None:
  known = [n for n in arguments if n is not None]
  if len(known) < len(arguments) or not 1 <= len(known) <= 3:
    return None
  return len(range(*known)) if known[2:] != [0] else None


def _apply(
  operator: ast.operator, a: int, b: int, node: ast.expr
) -> int | None:
  match operator:
    case ast.Add():
      value = a + b
    case ast.Sub():
      value = a - b
    case ast.Mult():
      value = a * b
    case ast.FloorDiv() if b:
      value = a // b
    case ast.Mod() if b:
      value = a % b
    case ast.Pow() if b >= 0:
      # An exponent of 32 puts any base but 0 and ±1 out of bounds.
      value = a ** min(b, 32 + b % 2)
    case _:
      return None
  if abs(value) > rules.MAX_INTEGER:
    reject(node, "an integer this large", f"the limit is {rules.MAX_INTEGER}")
  return value
