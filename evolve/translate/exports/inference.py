"""Finds out the kind of value that each expression of a program yields."""

import ast
import functools
from collections.abc import Iterable, Mapping

from evolve.language import rules
from evolve.language.scope import Function
from evolve.language.syntax import arguments, defaults
from evolve.translate.exports import functions
from evolve.translate.exports.kinds import (
  Kind,
  Kinds,
  Many,
  combine,
  element,
  join,
  logical,
  many,
  result,
)
from evolve.translate.meanings import Meanings


def infer(tree: ast.Module, meaning: Meanings) -> Mapping[ast.expr, Kinds]:
  """The kind of each expression, if all that is computed happens.

  Args:
    tree: of a program that `language.check` admits.
    meaning: of its names.
  """
  inference = _Inference(meaning)
  while inference.changed:
    inference.changed = False
    inference.block(tree.body)
  return inference.found


class _Inference:
  """Passes over a program until they tell nothing new.

  Attributes:
    found: the kinds of expressions.
    changed: whether a pass has learned anything.
  """

  def __init__(self, meaning: Meanings):
    self.found: dict[ast.expr, Kinds] = {}
    self.changed = True
    self._meaning = meaning
    # Of variables, by the ids of what they mean, and of results of functions.
    self._bound: dict[int, Kinds] = {}
    self._arguments: dict[Function, list[ast.arg]] = {}

  def _learn(self, binding: object, kind: Kinds) -> None:
    old = self._bound.get(id(binding))
    new = join(old, kind)
    self._bound[id(binding)] = new
    self.changed |= new != old

  def block(
    self, body: Iterable[ast.stmt], function: Function | None = None
  ) -> None:
    for statement in body:
      self._statement(statement, function)

  def _statement(self, node: ast.stmt, function: Function | None) -> None:
    match node:
      case ast.FunctionDef(args=args, body=body):
        inner = self._define(node, args)
        if inner.name in rules.ENTRY_NAMES:
          self._learn(self._meaning[self._arguments[inner][0]], Kind.ARRAY)
        self.block(body, inner)
      case ast.Assign(value=ast.Lambda() as value):
        self._learn(self._define(value, value.args), self._of(value.body))
      case ast.Assign(targets=targets, value=value):
        kind = self._of(value)
        for target in targets:
          self._assign(target, kind)
      case ast.AnnAssign(target=target, value=ast.expr() as value):
        self._assign(target, self._of(value))
      case ast.AugAssign(target=target, value=value):
        self._assign(target, combine(self._of(target), self._of(value)))
      case ast.For(target=target, iter=values, body=body, orelse=orelse):
        self._assign(target, element(self._of(values)))
        self.block([*body, *orelse], function)
      case ast.If(test=test, body=body, orelse=orelse):
        self._of(test)
        self.block([*body, *orelse], function)
      case ast.Return(value=ast.expr() as value):
        self._learn(function, self._of(value))

  def _define(self, node: ast.AST, args: ast.arguments) -> Function:
    function = self._meaning[node]
    assert isinstance(function, Function)
    self._arguments[function] = arguments(args)
    values = defaults(args)
    for argument in arguments(args):
      if argument.arg in values:
        self._learn(self._meaning[argument], self._of(values[argument.arg]))
    return function

  def _assign(self, target: ast.expr, kind: Kinds) -> None:
    self.found[target] = kind
    match target:
      case ast.Name():
        self._learn(self._meaning[target], kind)
      case ast.Tuple(elts=elements) | ast.List(elts=elements):
        for inner in elements:
          self._assign(inner, element(kind))

  def _of(self, node: ast.expr) -> Kinds:
    kind = self._expression(node)
    self.found[node] = kind
    return kind

  def _expression(self, node: ast.expr) -> Kinds:
    match node:
      case ast.Constant(value=int() | float() | None):
        return Kind.NUMBER
      case ast.Name() | ast.Attribute() if node in self._meaning:
        return self._named(self._meaning[node])
      case ast.Attribute(value=value, attr=name):
        return self._attribute(self._of(value), name)
      case ast.BinOp(left=left, op=operator, right=right):
        a, b = self._of(left), self._of(right)
        bitwise = isinstance(operator, ast.BitAnd | ast.BitOr | ast.BitXor)
        return logical([a, b]) if bitwise else combine(a, b)
      case ast.UnaryOp(operand=operand):
        return self._of(operand)
      case ast.Compare(left=left, comparators=others):
        return logical([self._of(value) for value in (left, *others)])
      case ast.BoolOp(values=values):
        return self._joined(values)
      case ast.IfExp(test=test, body=body, orelse=orelse):
        self._of(test)
        return self._joined([body, orelse])
      case ast.Tuple(elts=elements) | ast.List(elts=elements):
        return many(self._joined(elements))
      case ast.Subscript(value=value, slice=index):
        kind, _ = self._of(value), self._of(index)
        return kind if isinstance(index, ast.Slice) else element(kind)
      case ast.Slice(lower=lower, upper=upper, step=step):
        self._joined([part for part in (lower, upper, step) if part])
      case ast.ListComp(elt=value) | ast.GeneratorExp(elt=value):
        for loop in node.generators:
          self._assign(loop.target, element(self._of(loop.iter)))
          self._joined(loop.ifs)
        return many(self._of(value))
      case ast.Call():
        return self._call(node)
    return Kind.OTHER

  def _joined(self, nodes: Iterable[ast.expr]) -> Kinds:
    return functools.reduce(join, [self._of(node) for node in nodes], None)

  def _named(self, binding: object) -> Kinds:
    if isinstance(binding, str):
      known = binding in functions.CONSTANTS
      return Kind.NUMBER if known else Kind.OTHER
    return self._bound.get(id(binding))

  def _attribute(self, of: Kinds, name: str) -> Kinds:
    if name == "shape":
      return Many(Kind.NUMBER)
    if name in ("ndim", "size"):
      return Kind.NUMBER
    return of if name in ("T", "real", "imag") else Kind.OTHER

  def _call(self, node: ast.Call) -> Kinds:
    passed = [self._of(argument) for argument in node.args]
    named = {str(k.arg): self._of(k.value) for k in node.keywords}
    binding = self._meaning.get(node.func)
    match binding:
      case Function():
        return self._own(binding, passed, named)
      case str() if "dtype" not in named:
        return result(binding, passed)
      case None if isinstance(node.func, ast.Attribute):
        of, name = self._of(node.func.value), node.func.attr
        keeps = name in functions.KEEPING_METHODS and "dtype" not in named
        return of if keeps and of in (None, Kind.ARRAY) else Kind.OTHER
    return Kind.OTHER

  def _own(
    self, function: Function, passed: list[Kinds], named: dict[str, Kinds]
  ) -> Kinds:
    """Of a call of a function of the program."""
    for i, argument in enumerate(self._arguments.get(function, [])):
      kind = passed[i] if i < len(passed) else named.get(argument.arg)
      self._learn(self._meaning[argument], kind)
    return self._bound.get(id(function))
