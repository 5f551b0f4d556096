"""Expressions of a program that are arrays, and those that are masks."""

import ast
from collections import defaultdict
from collections.abc import Mapping, Set

from evolve.language.scope import Function
from evolve.language.syntax import arguments, defaults, walk
from evolve.translate.bindings import Bindings
from evolve.translate.synonyms import table

_NO_ARRAY = table("jax.numpy ->\n allclose finfo ndim shape size split")
_BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Invert)

_UNKNOWN = ast.Constant(None)

# The values of variables and the results of functions, by the binding's id.
_Values = Mapping[int, list[ast.expr]]


def infer(
  tree: ast.Module, bindings: Bindings
) -> tuple[set[ast.AST], set[ast.AST]]:
  """Infers what the expressions of a program are, whatever branches it takes.

  Args:
    tree: of a program that `language.check` admits.
    bindings: of its names.

  Returns:
    Those that certainly are arrays, and those that may be comparisons.
  """
  values = _values(tree, bindings)
  others: Set[int] = set()
  while found := {
    name
    for name, nodes in values.items()
    if name not in others
    and not all(_is_array(node, bindings, others) for node in nodes)
  }:
    others |= found
  arrays, masks = set[ast.AST](), set[ast.AST]()
  for node in walk(tree):
    if isinstance(node, ast.expr):
      if _is_array(node, bindings, others):
        arrays.add(node)
      if any(map(_is_mask, values.get(id(bindings.get(node)), [node]))):
        masks.add(node)
  return arrays, masks


def _is_mask(node: ast.expr) -> bool:
  if isinstance(node, ast.BinOp | ast.UnaryOp):
    return isinstance(node.op, _BITWISE)
  return isinstance(node, ast.Compare)


def _is_array(node: ast.expr, bindings: Bindings, others: Set[int]) -> bool:
  """True for certain arrays, given the bindings that may be others."""

  def are(*nodes: ast.expr) -> list[bool]:
    return [_is_array(inner, bindings, others) for inner in nodes]

  match node:
    case ast.Name():
      binding = bindings.get(node)
      return not isinstance(binding, str) and id(binding) not in others
    case ast.BinOp(left=left, right=right):
      return any(are(left, right))
    case ast.UnaryOp(operand=value) | ast.Subscript(value=value):
      return all(are(value))
    case ast.Attribute(value=value, attr="real" | "imag" | "T"):
      return node not in bindings and all(are(value))
    case ast.Compare(left=left, comparators=rest):
      return any(are(left, *rest))
    case ast.IfExp(body=body, orelse=orelse):
      return all(are(body, orelse))
    case ast.Call(func=function, args=args):
      match bindings.get(function):
        case "builtins.abs" | "builtins.pow":
          return any(are(*args))
        case str(path):
          return path.startswith("jax.") and path not in _NO_ARRAY
        case Function() as own:
          return id(own) not in others
      return isinstance(function, ast.Attribute)
  return False


def _values(tree: ast.Module, bindings: Bindings) -> _Values:
  values: dict[int, list[ast.expr]] = defaultdict(list)
  parameters: dict[int, list[ast.arg]] = {}

  def bind(target: ast.AST, value: ast.expr) -> None:
    for name in walk(target):
      if name in bindings:
        is_whole = name is target
        values[id(bindings[name])].append(value if is_whole else _UNKNOWN)

  for node in walk(tree):
    match node:
      case ast.Assign(value=ast.Lambda()):
        pass  # A function, and no value of a variable.
      case ast.Assign(targets=targets, value=value):
        for target in targets:
          bind(target, value)
      case ast.For(target=target) | ast.comprehension(target=target):
        bind(target, _UNKNOWN)
      case ast.FunctionDef(args=args) | ast.Lambda(args=args):
        parameters[id(bindings[node])] = arguments(args)
        for argument in arguments(args):
          if argument.arg in defaults(args):
            bind(argument, defaults(args)[argument.arg])
        results = values[id(bindings[node])]
        if isinstance(node, ast.Lambda):
          results.append(node.body)
        # Those of functions inside make it less certain, never wrong.
        returns = [n for n in walk(node) if isinstance(n, ast.Return)]
        results += [n.value or _UNKNOWN for n in returns]
  for node in walk(tree):
    if isinstance(node, ast.Call):
      named = {keyword.arg: keyword.value for keyword in node.keywords}
      expected = parameters.get(id(bindings.get(node.func)), [])
      for argument, value in zip(expected, node.args, strict=False):
        bind(argument, value)
      for argument in expected:
        if argument.arg in named:
          bind(argument, named[argument.arg])
  return values
