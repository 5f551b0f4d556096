"""Errors of programs that ask an array for its values while JAX traces them.

A traced array has a shape and no values: Python's `if`, `and` or `max` can't
decide by it. JAX advises what the language does not have; the errors here name
the construct, its line, and what to write instead.
"""

import ast
import dis
import types

from evolve.language import rules
from evolve.language.errors import LanguageError
from evolve.language.hints import known_as
from evolve.language.scope import Scope, bind_body, path_of
from evolve.language.syntax import children

# The file of all programs, in the frames of their calls.
FILE = "<candidate>"

_WHERE = "choose with `jnp.where(condition, a, b)`"
_MASKS = "combine masks, as in `(x > 0) & (x < 1)`, `a | b` or `~a`"
_NO_VALUE = "shapes and lengths can't depend on the values of an array"
_BUILTINS = {
  "builtins.max": "write `jnp.maximum(a, b)`, or `jnp.max(a)`",
  "builtins.min": "write `jnp.minimum(a, b)`, or `jnp.min(a)`",
  "builtins.bool": _WHERE,
  "builtins.float": "leave it out: an array is of floats already",
  "builtins.int": "write `jnp.floor` or `jnp.round`",
}


def misuse(error: Exception, tree: ast.Module) -> LanguageError | None:
  """The rule that a program breaks; None for an error of another kind.

  Args:
    error: raised by a call of the program.
    tree: of the program, as it was compiled.
  """
  frames = _frames(error)
  own = [f for f in frames if f.tb_frame.f_code.co_filename == FILE]
  if not own:
    return None
  instruction, position = _instruction(own[-1])
  chain = _chain_at(position, tree)
  if "JUMP" in instruction or instruction in ("UNARY_NOT", "CONTAINS_OP"):
    found = _in_condition(chain)
  elif type(error).__module__ == "jax.errors" or _is_of_jax(frames[-1]):
    found = _in_expression(chain[-1], tree, type(error).__name__)
  else:
    found = None
  return LanguageError(position[0], *found) if found else None


def _frames(error: Exception) -> list[types.TracebackType]:
  """The calls that led to an error, the outermost first."""
  frames, frame = [], error.__traceback__
  while frame:
    frames.append(frame)
    frame = frame.tb_next
  return frames


def _is_of_jax(frame: types.TracebackType) -> bool:
  return str(frame.tb_frame.f_globals.get("__name__")).startswith("jax.")


_Position = tuple[int, int, int, int]


def _instruction(frame: types.TracebackType) -> tuple[str, _Position]:
  """The name of the instruction that a frame stopped at, and its place."""
  code, offset = frame.tb_frame.f_code, frame.tb_lasti
  line, end_line, column, end = list(code.co_positions())[offset // 2]
  position = line or 1, end_line or 1, column or 0, end or 0
  return dis.opname[code.co_code[offset]], position


def _chain_at(position: _Position, tree: ast.Module) -> list[ast.AST]:
  """The nodes around a place, the outermost first."""
  line, end_line, column, end = position

  def covers(node: ast.AST) -> bool:
    if isinstance(node, ast.comprehension):
      return any(map(covers, node.ifs))
    return isinstance(node, ast.expr | ast.stmt | ast.keyword) and (
      (node.lineno, node.col_offset) <= (line, column)
      and (end_line, end) <= (node.end_lineno or 0, node.end_col_offset or 0)
    )

  chain: list[ast.AST] = []
  inner: ast.AST | None = tree
  while inner:
    chain.append(inner)
    inner = next((n for n in children(inner) if covers(n)), None)
  return chain


def _in_condition(chain: list[ast.AST]) -> tuple[str, str] | None:
  """The construct that decides by an array, and the rule for it."""
  for node in reversed(chain):
    match node:
      case ast.Compare(ops=[ast.In() | ast.NotIn()]):
        return "`in` with an array", _MASKS
      case ast.Compare(ops=[_, _, *_]):
        return "a chained comparison of an array", _MASKS
      case ast.BoolOp(op=ast.And()):
        return "`and` of an array", _MASKS
      case ast.BoolOp():
        return "`or` of an array", _MASKS
      case ast.UnaryOp(op=ast.Not()):
        return "`not` of an array", _MASKS
      case ast.If() | ast.IfExp() | ast.comprehension():
        return "`if` with an array", _WHERE
  return None


def _in_expression(
  node: ast.AST, tree: ast.Module, error: str
) -> tuple[str, str] | None:
  """The call or the subscript that needs values of an array."""
  match node:
    case ast.Subscript() if error == "NonConcreteBooleanIndexError":
      return "a mask as an index", "write `jnp.where(mask, x, 0)`"
    case ast.Call(func=function):
      text = f"`{ast.unparse(function)}` of an array"
      scope = Scope({}, dict(rules.PREBOUND))
      bind_body(tree.body, scope)
      path = path_of(function, scope) or ""
      if path in _BUILTINS:
        return text, _BUILTINS[path]
      if path.startswith("math."):
        member = known_as(path.removeprefix("math."))
        return text, f"write `{member}`" if member else "it takes numbers only"
      if error in ("ConcretizationTypeError", "TracerIntegerConversionError"):
        return text, _NO_VALUE
  return None
