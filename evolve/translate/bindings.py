"""Bindings of the names of a program: variables, functions, library paths."""

import ast
from collections.abc import Mapping, Sequence

from evolve.language import rules
from evolve.language.scope import (
  Binding,
  Function,
  Scope,
  Variable,
  bind,
  bind_body,
  bind_target,
  path_of,
)
from evolve.language.syntax import arguments, defaults

Bindings = Mapping[ast.AST, Binding]


def bindings(tree: ast.Module) -> Bindings:
  """Returns the binding of each name of a program.

  Args:
    tree: of a program that `language.check` admits.

  Returns:
    For each name that is read or bound, each argument, function and lambda,
    and each attribute of a module: its variable, its function, or the dotted
    path of what the language offers, such as `jax.numpy.sin`.
  """
  reader = _Reader()
  reader.visit(tree)
  return reader.found


class _Reader(ast.NodeVisitor):
  def __init__(self) -> None:
    self.found: dict[ast.AST, Binding] = {}
    self._scope = Scope({}, dict(rules.PREBOUND))

  def visit_Module(self, node: ast.Module) -> None:
    bind_body(node.body, self._scope)
    self.generic_visit(node)

  def visit_Name(self, node: ast.Name) -> None:
    self.found[node] = self._scope[node.id]

  def visit_Attribute(self, node: ast.Attribute) -> None:
    path = path_of(node, self._scope)
    if path is None:
      self.visit(node.value)
    else:
      self.found[node] = path

  def visit_Assign(self, node: ast.Assign) -> None:
    match node:
      case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value):
        self.found[value] = self._scope[name]
    self.generic_visit(node)

  def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
    self.found[node] = self._scope[node.name]
    self._visit_function(node.args, node.body)

  def visit_Lambda(self, node: ast.Lambda) -> None:
    self.found.setdefault(node, Function("lambda", node.lineno))
    self._visit_function(node.args, [node.body])

  def _visit_function(
    self, args: ast.arguments, body: Sequence[ast.AST]
  ) -> None:
    for value in defaults(args).values():
      self.visit(value)
    outer, self._scope = self._scope, self._scope.new_child()
    for argument in arguments(args):
      bind(argument, argument.arg, Variable(), self._scope)
      self.found[argument] = self._scope[argument.arg]
    bind_body(body, self._scope)
    for node in body:
      self.visit(node)
    self._scope = outer

  def visit_GeneratorExp(self, node: ast.GeneratorExp | ast.ListComp) -> None:
    outer = self._scope
    for loop in node.generators:
      self.visit(loop.iter)
      self._scope = self._scope.new_child()
      bind_target(loop.target, self._scope)
      for inner in (loop.target, *loop.ifs):
        self.visit(inner)
    self.visit(node.elt)
    self._scope = outer

  visit_ListComp = visit_GeneratorExp
