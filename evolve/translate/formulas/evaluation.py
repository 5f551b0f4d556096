"""Evaluates a program on a symbol instead of an array."""

import ast
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

import sympy

from evolve import language
from evolve.language import rules
from evolve.language.scope import Function
from evolve.language.syntax import arguments, defaults
from evolve.translate.formulas import algebra
from evolve.translate.formulas.algebra import (
  NoFormulaError,
  arithmetic,
  is_condition,
)
from evolve.translate.formulas.functions import CONSTANTS, FUNCTIONS, METHODS
from evolve.translate.formulas.operators import combined, compared
from evolve.translate.formulas.size import SizeLimit
from evolve.translate.meanings import Meanings, meanings

X = sympy.Symbol("x")


def symbolic(source: str) -> sympy.Expr | None:
  """What a program computes, as an expression in x that nobody simplified.

  Its functions are undefined ones, with the names that formulas have for them.

  Args:
    source: a program of the language.

  Returns:
    The expression; None if the program mixes elements, looks at shapes, or
    uses what has no notation here, or if the expression would be too large.

  Raises:
    LanguageError: if the program is not of the language.
  """
  tree = language.check(source)
  try:
    return _Evaluation(meanings(tree)).result(tree)
  except (NoFormulaError, RecursionError):
    return None
  # Arrays can do what symbols cannot.
  except (AttributeError, LookupError, TypeError, ValueError):
    return None


@dataclasses.dataclass(frozen=True)
class _Returned:
  value: Any


class _Evaluation:
  """Runs one program once, with loops unrolled and calls inlined.

  Values are SymPy's expressions and truth values, tuples of values, and None.
  As no function calls itself, a variable has one value at a time.
  """

  def __init__(self, meaning: Meanings):
    self._meaning = meaning
    self._values: dict[int, Any] = {}
    self._functions: dict[Function, ast.FunctionDef | ast.Lambda] = {}
    self._defaults: dict[Function, dict[str, Any]] = {}
    self._limit = SizeLimit()

  def result(self, tree: ast.Module) -> sympy.Expr:
    self._block(tree.body)
    entry = next(f for f in self._functions if f.name in rules.ENTRY_NAMES)
    value = arithmetic(self._run(entry, [X], {}))
    if not isinstance(value, sympy.Expr):
      raise NoFormulaError("no number comes out")
    return value

  def _block(self, body: Iterable[ast.stmt]) -> _Returned | ast.stmt | None:
    """Runs statements; returns what ended them early, if anything did."""
    for statement in body:
      end = self._statement(statement)
      if end is not None:
        return end
    return None

  def _statement(self, node: ast.stmt) -> _Returned | ast.stmt | None:
    match node:
      case ast.FunctionDef():
        self._define(node)
      case ast.Assign(value=ast.Lambda() as value):
        self._define(value)
      case ast.Assign(targets=targets, value=value):
        result = self._value(value)
        for target in targets:
          self._assign(target, result)
      case ast.AnnAssign(target=target, value=ast.expr() as value):
        self._assign(target, self._value(value))
      case ast.AugAssign(target=target, op=operator, value=value):
        old = self._values[id(self._meaning[target])]
        self._assign(target, combined(operator, old, self._value(value)))
      case ast.For():
        return self._loop(node)
      case ast.If(test=test, body=body, orelse=orelse):
        return self._block(body if self._truth(test) else orelse)
      case ast.Return(value=ast.expr() as value):
        return _Returned(self._value(value))
      case ast.Break() | ast.Continue():
        return node
    return None

  def _loop(self, node: ast.For) -> _Returned | None:
    for element in self._sequence(node.iter):
      self._assign(node.target, element)
      end = self._block(node.body)
      if isinstance(end, _Returned):
        return end
      if isinstance(end, ast.Break):
        return None
    end = self._block(node.orelse)
    return end if isinstance(end, _Returned) else None

  def _define(self, node: ast.FunctionDef | ast.Lambda) -> None:
    function = self._meaning[node]
    assert isinstance(function, Function)
    self._functions[function] = node
    # Default values belong to the place of the definition.
    values = defaults(node.args).items()
    self._defaults[function] = {k: self._value(value) for k, value in values}

  def _run(
    self, function: Function, passed: Iterable[Any], named: dict[str, Any]
  ) -> Any:
    node = self._functions[function]
    positional = zip(function.arguments, passed, strict=False)
    values = self._defaults[function] | dict(positional) | named
    for argument in arguments(node.args):
      self._values[id(self._meaning[argument])] = values[argument.arg]
    if isinstance(node, ast.Lambda):
      return self._value(node.body)
    end = self._block(node.body)
    return end.value if isinstance(end, _Returned) else None

  def _assign(self, target: ast.expr, value: Any) -> None:
    match target:
      case ast.Name():
        self._values[id(self._meaning[target])] = value
      case ast.Tuple(elts=targets) | ast.List(elts=targets):
        for inner, element in zip(targets, value, strict=True):
          self._assign(inner, element)

  def _truth(self, node: ast.expr) -> bool:
    value = self._value(node)
    if isinstance(value, sympy.Expr):
      return algebra.value_of(value) != 0
    if is_condition(value) and value not in (sympy.true, sympy.false):
      raise NoFormulaError("a branch depends on x")
    return bool(value)

  def _sequence(self, node: ast.expr) -> tuple[Any, ...]:
    value = self._value(node)
    if not isinstance(value, tuple):
      raise NoFormulaError("a loop over an array")
    return value

  def _value(self, node: ast.expr) -> Any:
    value = self._evaluate(node)
    if isinstance(value, sympy.Basic):
      self._limit.check(value)
    return value

  def _evaluate(self, node: ast.expr) -> Any:
    match node:
      case ast.Constant(value=None):
        return None
      case ast.Constant(value=bool() | int() | float() as constant):
        return algebra.number(constant)
      case ast.Name() | ast.Attribute() if node in self._meaning:
        return self._named(node)
      case ast.Attribute(attr="dtype"):
        return None
      case ast.BinOp(left=left, op=operator, right=right):
        return combined(operator, self._value(left), self._value(right))
      case ast.UnaryOp():
        return self._unary(node)
      case ast.Compare():
        return self._comparison(node)
      case ast.BoolOp(op=operator, values=values):
        truths = (self._truth(value) for value in values)
        both = isinstance(operator, ast.And)
        return algebra.number(all(truths) if both else any(truths))
      case ast.IfExp():
        return self._choice(node)
      case ast.Tuple(elts=elements) | ast.List(elts=elements):
        return tuple([self._value(element) for element in elements])
      case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
        rounds = self._rounds(node.generators)
        return tuple([self._value(element) for _ in rounds])
      case ast.Subscript(value=value, slice=index):
        return self._sequence(value)[self._index(index)]
      case ast.Call():
        return self._call(node)
    raise NoFormulaError(f"no notation for {ast.unparse(node)}")

  def _named(self, node: ast.expr) -> Any:
    binding = self._meaning[node]
    if isinstance(binding, str):
      return CONSTANTS[binding] if binding in CONSTANTS else FUNCTIONS[binding]
    return self._values[id(binding)]

  def _unary(self, node: ast.UnaryOp) -> Any:
    match node.op:
      case ast.Not():
        return algebra.number(not self._truth(node.operand))
      case ast.USub():
        return algebra.negate(arithmetic(self._value(node.operand)))
      case ast.UAdd():
        return arithmetic(self._value(node.operand))
    return sympy.Not(self._value(node.operand), evaluate=False)

  def _choice(self, node: ast.IfExp) -> Any:
    condition = self._value(node.test)
    if is_condition(condition) and condition.free_symbols:
      values = [self._value(value) for value in (node.body, node.orelse)]
      return algebra.choose(condition, *map(arithmetic, values))
    return self._value(node.body if self._truth(node.test) else node.orelse)

  def _comparison(self, node: ast.Compare) -> Any:
    values = [self._value(value) for value in (node.left, *node.comparators)]
    result = sympy.true
    for a, operator, b in zip(values, node.ops, values[1:], strict=False):
      result = algebra.both(result, compared(a, operator, b))
    return result

  def _rounds(self, loops: list[ast.comprehension]) -> Iterator[None]:
    """Assigns the variables of a comprehension, one round after the other."""
    if not loops:
      yield
      return
    for element in self._sequence(loops[0].iter):
      self._assign(loops[0].target, element)
      if all(self._truth(condition) for condition in loops[0].ifs):
        yield from self._rounds(loops[1:])

  def _index(self, node: ast.expr) -> Any:
    match node:
      case ast.Slice(lower=lower, upper=upper, step=step):
        parts = (part and self._index(part) for part in (lower, upper, step))
        return slice(*parts)
    return int(self._value(node))

  def _call(self, node: ast.Call) -> Any:
    binding = self._meaning.get(node.func)
    passed = [self._value(argument) for argument in node.args]
    named = {
      str(keyword.arg): self._value(keyword.value)
      for keyword in node.keywords
      if keyword.arg != "dtype" or isinstance(binding, Function)
    }
    if isinstance(binding, Function):
      return self._run(binding, passed, named)
    if binding is None and isinstance(node.func, ast.Attribute):
      value = self._value(node.func.value)
      return METHODS[node.func.attr](value, *passed, **named)
    return self._named(node.func)(*passed, **named)
