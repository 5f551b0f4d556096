"""The check of a candidate's syntax tree against the rules of the language.

Only functions known by name are called, none calls itself, and loops are over
constants: every admitted program ends after a number of steps that is bounded
and known beforehand. Functions of the program are no values, but where
`jnp.piecewise` calls them, so that its text shows every function that it calls.
"""

import ast
import contextlib
from collections.abc import Iterable, Iterator

from evolve.language import rules
from evolve.language.bounds import (
  check_constant,
  count_steps,
  integer,
  learn,
  turns,
)
from evolve.language.errors import (
  reject,
  reject_dunder,
  reject_kind,
  reject_module,
  reject_name,
  reject_size,
)
from evolve.language.hints import instead_of_method
from evolve.language.scope import (
  Function,
  Scope,
  Variable,
  bind,
  bind_body,
  bind_target,
  check_member,
  path_of,
)
from evolve.language.signature import (
  check_arguments,
  check_signature,
  entry_of,
  reject_annotation,
)
from evolve.language.syntax import arguments, check_compiles, children, defaults
from evolve.language.trimming import read


def check(source: str) -> ast.Module:
  """Returns the syntax tree of a program of the language; runs nothing.

  Raises:
    LanguageError: the text is no such program.
  """
  tree = read(source)
  _Checker().check(tree)
  check_compiles(source)
  return tree


class _Checker:
  """One pass over one program.

  Attributes:
    _scope: the names that are bound at the visited node.
    _function: the function whose body holds the node.
    _times: the number of times that the node runs in one call of it.
    _line: the line of the node; operators have none of their own.
  """

  def __init__(self) -> None:
    self._scope = Scope({}, dict(rules.PREBOUND))
    self._function = Function("module", line=1)
    self._times = 1
    self._line = 1
    self._functions: list[Function] = []
    self._entry: Function | None = None

  def check(self, tree: ast.Module) -> None:
    bind_body(tree.body, self._scope)
    entry = entry_of(tree, self._scope)
    self._entry = self._function_named(entry.name)
    self._visit_all(tree.body)
    counted: dict[Function, int] = {}
    for function in self._functions:
      count_steps(function, counted)
    steps = count_steps(self._function, counted) + counted[self._entry]
    reject_size(entry, steps, "steps, loops unrolled", rules.MAX_STEPS)

  def _visit_all(self, nodes: Iterable[ast.AST]) -> None:
    # Functions last: when they run, the constants around them are known.
    for node in sorted(nodes, key=lambda n: isinstance(n, ast.FunctionDef)):
      self._visit(node)

  def _visit(self, node: ast.AST) -> None:
    self._line = getattr(node, "lineno", self._line)
    if isinstance(node, ast.AnnAssign):
      reject_annotation(node.annotation)
    if type(node) not in rules.NODES:
      reject_kind(node, self._line)
    if isinstance(node, ast.expr):
      self._function.steps += self._times
    match node:
      case ast.FunctionDef():
        self._visit_def(node)
      case ast.Assign() | ast.AugAssign():
        self._visit_assignment(node)
      case ast.For():
        self._visit_for(node)
      case ast.ListComp() | ast.GeneratorExp():
        self._visit_comprehension(node)
      case ast.Import() | ast.ImportFrom():
        pass  # Checked when it was bound.
      case ast.Expr(value=ast.Constant(value=str())):
        pass  # A docstring.
      case ast.Expr(value=value):
        self._visit(value)  # As `terms.append(y)`, which has a better reason.
        reject(node, "a statement without effect", "assign or return it")
      case ast.Constant():
        check_constant(node)
      case ast.Name():
        self._visit_name(node)
      case ast.Attribute():
        self._visit_attribute(node)
      case ast.Call():
        self._visit_call(node)
      case ast.Lambda():
        reject(node, "a `lambda` without a name", "assign it to one")
      case _:
        self._visit_all(children(node))
    if isinstance(node, ast.BinOp | ast.Call):
      integer(node, self._scope)  # Rejects `9 ** 9 ** 9`.

  def _visit_def(self, node: ast.FunctionDef) -> None:
    check_signature(node)
    self._visit_all(getattr(node, "type_params", []))  # Python 3.12 and later.
    self._visit_function(self._function_named(node.name), node.args, node.body)

  def _visit_function(
    self, function: Function, args: ast.arguments, body: Iterable[ast.AST]
  ) -> None:
    check_arguments(args)
    default_values = defaults(args)
    self._visit_all(default_values.values())
    self._functions.append(function)
    with self._inside(function):
      for argument in arguments(args):
        variable = Variable()
        # Nothing calls the entry function, so its default values stay.
        if function is self._entry and argument.arg in default_values:
          learn(variable, default_values[argument.arg], self._scope)
        bind(argument, argument.arg, variable, self._scope)
      bind_body(body, self._scope)
      self._visit_all(body)

  def _function_named(self, name: str) -> Function:
    function = self._scope[name]
    assert isinstance(function, Function)
    return function

  @contextlib.contextmanager
  def _inside(self, function: Function) -> Iterator[None]:
    outer = self._scope, self._function, self._times
    self._scope, self._function = self._scope.new_child(), function
    self._times = 1
    yield
    self._scope, self._function, self._times = outer

  def _visit_assignment(self, node: ast.Assign | ast.AugAssign) -> None:
    if isinstance(node, ast.AugAssign):
      self._visit(node.op)
    match node:
      case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as f):
        self._visit_function(self._function_named(name), f.args, [f.body])
      case ast.Assign(targets=[ast.Name(id=name)], value=value):
        self._visit(value)
        variable = self._scope[name]
        if isinstance(variable, Variable):
          learn(variable, value, self._scope)
      case _:
        self._visit(node.value)

  def _visit_for(self, node: ast.For) -> None:
    self._visit(node.iter)
    outer = self._times
    self._times *= turns(node.iter, self._scope)
    self._visit_all(node.body)
    self._times = outer
    self._visit_all(node.orelse)

  def _visit_comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> None:
    outer = self._scope, self._times
    for loop in node.generators:
      self._visit(loop.iter)
      self._times *= turns(loop.iter, self._scope)
      self._scope = self._scope.new_child()
      bind_target(loop.target, self._scope)
      self._visit_all(loop.ifs)
    self._visit(node.elt)
    self._scope, self._times = outer

  def _visit_name(self, node: ast.Name) -> None:
    reject_dunder(node, node.id)
    match self._scope.get(node.id):
      case None:
        reject_name(node, f"the unknown name `{node.id}`", node.id, self._scope)
      case Function():
        reject(
          node,
          f"the function `{node.id}` as a value",
          "a function of the program can only be called",
        )
      case "builtins.range":
        reject(node, "`range` as a value", "call it, with constants")
      case str(path) if path in rules.MODULES:
        reject_module(node, path)

  def _visit_attribute(self, node: ast.Attribute) -> None:
    reject_dunder(node, node.attr)
    module = path_of(node.value, self._scope)
    if module is not None and module in rules.MODULES:
      if f"{module}.{node.attr}" in rules.MODULES:
        reject_module(node, f"{module}.{node.attr}")
      check_member(node, module, node.attr)
      return
    self._visit(node.value)
    if node.attr not in rules.METHODS | rules.PROPERTIES:
      rule = instead_of_method(node.attr)
      reject(node, f"attribute `{node.attr}`", rule)

  def _visit_call(self, node: ast.Call) -> None:
    values = node.args
    match node.func:
      case ast.Name(id="range"):
        turns(node, self._scope)
      case ast.Name() as name if self._is_own(name):
        self._call_own(name)
      case ast.Name() | ast.Attribute() as function:
        self._visit(function)
        if path_of(function, self._scope) == rules.PIECEWISE:
          values = self._visit_pieces(node)
      case _:
        reject(node, "calling an expression", "call a function by its name")
    self._visit_all(values)
    for keyword in node.keywords:
      self._visit_keyword(keyword)

  def _is_own(self, node: ast.expr) -> bool:
    """True for the name of a function of the program."""
    return isinstance(node, ast.Name) and isinstance(
      self._scope.get(node.id), Function
    )

  def _call_own(self, node: ast.Name) -> None:
    callee = self._function_named(node.id)
    if callee is self._entry:
      reject(node, f"calling `{node.id}`", "only the search calls it")
    self._function.calls.append((callee, self._times))

  def _visit_pieces(self, node: ast.Call) -> list[ast.expr]:
    """Takes the functions of a `jnp.piecewise` as called once each.

    Returns:
      The values among its arguments.
    """
    match node:
      case ast.Call(
        args=[x, conditions, ast.List(elts=pieces) | ast.Tuple(elts=pieces)],
        keywords=[],
      ):
        values = [x, conditions]
      case _:
        reject(
          node,
          "such a call of `jnp.piecewise`",
          "write `jnp.piecewise(x, [conditions], [functions or numbers])`",
        )
    for piece in pieces:
      match piece:
        case ast.Lambda(args=args, body=body):
          function = Function("lambda", piece.lineno)
          self._function.calls.append((function, self._times))
          self._visit_function(function, args, [body])
        case ast.Name() if self._is_own(piece):
          self._call_own(piece)
        case _:
          values.append(piece)
    return values

  def _visit_keyword(self, keyword: ast.keyword) -> None:
    if keyword.arg is None:
      reject(keyword, "`**`", "write each argument out")
    reject_dunder(keyword, keyword.arg)
    match keyword.value:
      case ast.Constant(value=str()) if keyword.arg in rules.TEXT_KEYWORDS:
        pass
      case value:
        self._visit(value)
