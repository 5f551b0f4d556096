"""Evaluation of a program on a symbol instead of an array."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any

import sympy
from sympy.core.parameters import distribute

from evolve import language
from evolve.language import rules
from evolve.language.scope import Function
from evolve.language.syntax import arguments, defaults
from evolve.translate.bindings import Bindings, bindings
from evolve.translate.formulas.functions import (
  NoFormulaError,
  choose,
  meaning,
  method,
  number,
  value_of,
)
from evolve.translate.synonyms import pairs

X = sympy.Symbol("x")

_Definition = ast.FunctionDef | ast.Lambda

# The functions of `jax.numpy` that operators stand for.
_OPERATORS = pairs(
  """
  Add:add BitAnd:logical_and BitOr:logical_or BitXor:logical_xor Div:divide
  Eq:equal FloorDiv:floor_divide Gt:greater GtE:greater_equal Invert:logical_not
  Lt:less LtE:less_equal Mod:remainder Mult:multiply Not:logical_not
  NotEq:not_equal Pow:power Sub:subtract UAdd:positive USub:negative
  """
)
# Larger formulas nobody would read; deeper ones SymPy could not print.
_MAX_OPERATIONS = 400
_MAX_DEPTH = 60
_MAX_CONSTANT = 2.0**64
_TOO_LARGE = "it would be too large"
_UNSYMBOLIC = (
  ArithmeticError, AttributeError, LookupError, TypeError, ValueError
)  # fmt: skip


def symbolic(source: str) -> sympy.Expr:
  """The expression in x that a program computes.

  Terms are collected as SymPy does by itself, nothing else is simplified.

  Args:
    source: a program of the candidate language.

  Raises:
    LanguageError: if the program is not of the language.
    NoFormulaError: if the program mixes elements, depends on shapes, has
      branches that depend on x, or calls what has no formula here, or if the
      expression would take hundreds of operations.
  """
  tree = language.check(source)
  try:
    with distribute(False):  # A number times a sum stays a product.
      return _Evaluation(bindings(tree)).result(tree)
  except RecursionError as error:
    raise NoFormulaError(_TOO_LARGE) from error
  # Arrays can do what symbols cannot.
  except _UNSYMBOLIC as error:
    raise NoFormulaError("it needs arrays, or divides by zero") from error


class _ReturnError(Exception):
  """The end of a call, with its result."""


class _JumpError(Exception):
  """The end of a turn of a loop, with the statement that ends it."""


class _Evaluation:
  """Runs one program once, with loops unrolled and calls inlined.

  Values are SymPy's expressions, tuples of values, and None. As no function
  calls itself, a variable has one value at a time.
  """

  def __init__(self, bindings: Bindings):
    self._bindings = bindings
    self._values: dict[int, Any] = {}
    self._functions: dict[Function, tuple[_Definition, dict[str, Any]]] = {}

  def result(self, tree: ast.Module) -> sympy.Expr:
    self._run(tree.body)
    entry = next(f for f in self._functions if f.name in rules.ENTRY_NAMES)
    value = self._call_own(entry, [X], {})
    if not isinstance(value, sympy.Expr):
      raise NoFormulaError("what comes out is no number")
    return value

  def _run(self, body: Iterable[ast.stmt]) -> None:
    for statement in body:
      self._statement(statement)

  def _statement(self, node: ast.stmt) -> None:
    match node:
      case ast.FunctionDef():
        self._define(node)
      case ast.Assign(value=ast.Lambda() as value):
        self._define(value)
      case ast.Assign(targets=targets, value=value):
        result = self._value(value)
        for target in targets:
          self._assign(target, result)
      case ast.AugAssign(target=target, op=kind, value=value):
        old = self._values[id(self._bindings[target])]
        self._assign(target, _apply(kind, old, self._value(value)))
      case ast.For():
        self._loop(node)
      case ast.If(test=test, body=body, orelse=orelse):
        self._run(body if self._truth(test) else orelse)
      case ast.Return(value=ast.expr() as value):
        raise _ReturnError(self._value(value))
      case ast.Break() | ast.Continue():
        raise _JumpError(node)

  def _loop(self, node: ast.For) -> None:
    for element in self._value(node.iter):
      self._assign(node.target, element)
      try:
        self._run(node.body)
      except _JumpError as jump:
        if isinstance(jump.args[0], ast.Break):
          return
    self._run(node.orelse)

  def _define(self, node: _Definition) -> None:
    function = self._bindings[node]
    assert isinstance(function, Function)
    # Default values belong to the place of the definition.
    values = defaults(node.args).items()
    default_values = {name: self._value(value) for name, value in values}
    self._functions[function] = node, default_values

  def _call_own(
    self, function: Function, passed: Iterable[Any], named: dict[str, Any]
  ) -> Any:
    return self._run_function(*self._functions[function], passed, named)

  def _run_function(
    self,
    node: _Definition,
    default_values: dict[str, Any],
    passed: Iterable[Any],
    named: dict[str, Any],
  ) -> Any:
    names = [argument.arg for argument in arguments(node.args)]
    values = default_values | dict(zip(names, passed, strict=False)) | named
    for argument in arguments(node.args):
      self._values[id(self._bindings[argument])] = values[argument.arg]
    if isinstance(node, ast.Lambda):
      return self._value(node.body)
    try:
      self._run(node.body)
    except _ReturnError as returned:
      return returned.args[0]
    return None

  def _assign(self, target: ast.expr, value: Any) -> None:
    match target:
      case ast.Name():
        self._values[id(self._bindings[target])] = value
      case ast.Tuple(elts=targets) | ast.List(elts=targets):
        for inner, element in zip(targets, value, strict=True):
          self._assign(inner, element)

  def _truth(self, node: ast.expr) -> bool:
    return value_of(self._value(node)) != 0

  def _value(self, node: ast.expr) -> Any:
    value = self._evaluate(node)
    if isinstance(value, sympy.Expr):
      _check_size(value)
    return value

  def _evaluate(self, node: ast.expr) -> Any:
    match node:
      case ast.Constant(value=None) | ast.Attribute(attr="dtype" | "shape"):
        return None
      case ast.Constant(value=bool() | int() | float() as constant):
        return number(constant)
      case ast.Name() | ast.Attribute() if node in self._bindings:
        binding = self._bindings[node]
        if isinstance(binding, str):
          return meaning(binding)
        return self._values[id(binding)]
      case ast.BinOp(left=left, op=kind, right=right):
        return _apply(kind, self._value(left), self._value(right))
      case ast.UnaryOp(op=kind, operand=operand):
        return _apply(kind, self._value(operand))
      case ast.Compare():
        return self._comparison(node)
      case ast.BoolOp(op=kind, values=values):
        truths = map(self._truth, values)
        is_and = isinstance(kind, ast.And)
        return number(all(truths) if is_and else any(truths))
      case ast.IfExp(test=test, body=body, orelse=orelse):
        return self._value(body if self._truth(test) else orelse)
      case ast.Tuple(elts=elements) | ast.List(elts=elements):
        return tuple([self._value(element) for element in elements])
      case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
        turns = self._turns(node.generators)
        return tuple([self._value(element) for _ in turns])
      case ast.Subscript(value=value, slice=index):
        return self._value(value)[self._value(index)]
      case ast.Slice(lower=lower, upper=upper, step=step):
        parts = (lower, upper, step)
        return slice(*[part and self._value(part) for part in parts])
      case ast.Call():
        return self._call(node)
    raise NoFormulaError(f"{ast.unparse(node)} has none")

  def _comparison(self, node: ast.Compare) -> Any:
    values = [self._value(value) for value in (node.left, *node.comparators)]
    result: Any = sympy.Integer(1)
    for a, kind, b in zip(values, node.ops, values[1:], strict=False):
      match kind:
        case ast.Is() | ast.IsNot():
          holds = number((a is b) is isinstance(kind, ast.Is))
        case ast.In() | ast.NotIn():
          found = value_of(a) in map(value_of, b)
          holds = number(found is isinstance(kind, ast.In))
        case _:
          holds = _apply(kind, a, b)
      result = _apply(ast.BitAnd(), result, holds)
    return result

  def _turns(self, loops: list[ast.comprehension]) -> Iterator[None]:
    """Assigns the variables of a comprehension, one turn after the other."""
    if not loops:
      yield
      return
    for element in self._value(loops[0].iter):
      self._assign(loops[0].target, element)
      if all(self._truth(condition) for condition in loops[0].ifs):
        yield from self._turns(loops[1:])

  def _call(self, node: ast.Call) -> Any:
    binding = self._bindings.get(node.func)
    if binding == rules.PIECEWISE:
      return self._pieces(*node.args)
    passed = [self._value(argument) for argument in node.args]
    named = {
      str(keyword.arg): self._value(keyword.value)
      for keyword in node.keywords
      if keyword.arg != "dtype" or isinstance(binding, Function)
    }
    if isinstance(binding, Function):
      return self._call_own(binding, passed, named)
    if binding is None and isinstance(node.func, ast.Attribute):
      value = self._value(node.func.value)
      return method(node.func.attr)(value, *passed, **named)
    return self._evaluate(node.func)(*passed, **named)

  def _pieces(
    self, argument: ast.expr, conditions: ast.expr, pieces: ast.expr
  ) -> Any:
    """The cases of a `jnp.piecewise`, of which the last one counts."""
    assert isinstance(pieces, ast.List | ast.Tuple)  # Says the language.
    x, holds = self._value(argument), self._value(conditions)
    values = [self._piece(piece, x) for piece in pieces.elts]
    otherwise = [sympy.Integer(0)]
    if len(values) > len(holds):
      values, otherwise = values[:-1], values[-1:]
    (found,) = otherwise
    for condition, value in zip(holds, values, strict=True):
      found = choose(condition, value, found)
    return found

  def _piece(self, node: ast.expr, x: Any) -> Any:
    """A function of x, or a number."""
    if isinstance(node, ast.Lambda):
      return self._run_function(node, {}, [x], {})
    binding = self._bindings.get(node)
    if isinstance(binding, Function):
      return self._call_own(binding, [x], {})
    return self._value(node)


def _apply(kind: ast.AST, *operands: Any) -> Any:
  """The result of an operator."""
  name = _OPERATORS[type(kind).__name__]
  return meaning(f"jax.numpy.{name}")(*operands)


def _check_size(expression: sympy.Expr) -> None:
  """Raises a NoFormulaError if an expression is too large or not finite."""
  operations, depth = _size(expression)
  if operations > _MAX_OPERATIONS or depth > _MAX_DEPTH:
    raise NoFormulaError(_TOO_LARGE)
  for constant in expression.atoms(sympy.Number, sympy.NumberSymbol, sympy.zoo):
    parts = (constant.p, constant.q) if constant.is_Rational else (constant,)
    if not all(abs(part) < _MAX_CONSTANT for part in parts):
      raise NoFormulaError("a constant is too large, or is divided by zero")


def _size(expression: sympy.Basic) -> tuple[int, int]:
  """The number of operations, and how deeply they are nested."""
  if not expression.args:
    return 0, 0
  sizes = [_size(part) for part in expression.args]
  operations = max(1, len(sizes) - 1) + sum(size for size, _ in sizes)
  return operations, 1 + max(depth for _, depth in sizes)
