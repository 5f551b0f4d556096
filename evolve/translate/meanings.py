"""What each name of a program stands for, told from its place."""

import ast
import contextlib
from collections.abc import Iterable, Iterator, Mapping

from evolve.language import rules
from evolve.language.scope import (
  Binding,
  Scope,
  Variable,
  bind,
  bind_body,
  bind_target,
  path_of,
)
from evolve.language.syntax import arguments, defaults

Meanings = Mapping[ast.AST, Binding]


def meanings(tree: ast.Module) -> Meanings:
  """Tells what the names of a program stand for.

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
    if node.id in self._scope:  # Text of an annotation may name anything.
      self.found[node] = self._scope[node.id]

  def visit_Attribute(self, node: ast.Attribute) -> None:
    path = path_of(node, self._scope)
    if path is None:
      self.visit(node.value)
    else:
      self.found[node] = path

  def visit_Assign(self, node: ast.Assign) -> None:
    self.generic_visit(node)
    match node:
      case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value):
        self.found[value] = self._scope[name]

  def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
    self.found[node] = self._scope[node.name]
    if node.returns:
      self.visit(node.returns)
    self._visit_function(node.args, node.body)

  def visit_Lambda(self, node: ast.Lambda) -> None:
    self._visit_function(node.args, [node.body])

  def _visit_function(
    self, args: ast.arguments, body: Iterable[ast.AST]
  ) -> None:
    annotations = [a.annotation for a in arguments(args) if a.annotation]
    for around in (*annotations, *defaults(args).values()):
      self.visit(around)
    with self._inside():
      for argument in arguments(args):
        bind(argument, argument.arg, Variable(), self._scope)
        self.found[argument] = self._scope[argument.arg]
      bind_body(body, self._scope)
      for node in body:
        self.visit(node)

  def visit_GeneratorExp(self, node: ast.GeneratorExp | ast.ListComp) -> None:
    with contextlib.ExitStack() as stack:
      for loop in node.generators:
        self.visit(loop.iter)
        stack.enter_context(self._inside())
        bind_target(loop.target, self._scope)
        for inner in (loop.target, *loop.ifs):
          self.visit(inner)
      self.visit(node.elt)

  visit_ListComp = visit_GeneratorExp

  @contextlib.contextmanager
  def _inside(self) -> Iterator[None]:
    self._scope = self._scope.new_child()
    yield
    self._scope = self._scope.parents
