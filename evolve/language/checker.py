"""The check of a candidate's syntax tree against the rules of the language.

Only functions known by name are called, none calls itself, and loops are over
constants: every admitted program ends after a number of steps that is bounded
and known beforehand. Functions of the program are no values, so that its text
shows every function that it calls.
"""

import ast
import contextlib
from collections.abc import Iterable, Iterator

from evolve.language import rules
from evolve.language.bounds import count_steps, integer, learn, turns
from evolve.language.errors import (
  reject,
  reject_dunder,
  reject_kind,
  reject_name,
  reject_size,
)
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
from evolve.language.syntax import (
  arguments,
  check_compiles,
  children,
  defaults,
  parse,
)


def check(source: str) -> ast.Module:
  """Returns the syntax tree of a program of the language; runs nothing.

  Raises:
    LanguageError: the text is no such program.
  """
  tree = parse(source)
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
    entry = _entry(tree, self._scope)
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
    if type(node) not in rules.NODES:
      reject_kind(node, self._line)
    if isinstance(node, ast.expr):
      self._function.steps += self._times
    match node:
      case ast.FunctionDef():
        self._visit_def(node)
      case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
        self._visit_assignment(node)
      case ast.For():
        self._visit_for(node)
      case ast.ListComp() | ast.GeneratorExp():
        self._visit_comprehension(node)
      case ast.Import() | ast.ImportFrom():
        pass  # Checked when it was bound.
      case ast.Expr(value=ast.Constant(value=str())):
        pass  # A docstring.
      case ast.Expr():
        reject(node, "a statement without effect", "assign or return it")
      case ast.Constant():
        _check_constant(node)
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
    for decorator in node.decorator_list:
      reject(decorator, "a decorator", "call functions inside the body")
    self._visit_all(getattr(node, "type_params", []))  # Python 3.12 and later.
    if node.returns:
      self._visit_annotation(node.returns)
    self._visit_function(node.name, node.args, node.body)

  def _visit_function(
    self, name: str, args: ast.arguments, body: Iterable[ast.AST]
  ) -> None:
    for star in (args.vararg, args.kwarg):
      if star:
        reject(star, f"collecting arguments in `{star.arg}`", "name each one")
    default_values = defaults(args)
    for value in default_values.values():
      _check_default(value)
      self._visit(value)
    function = self._function_named(name)
    self._functions.append(function)
    with self._inside(function):
      for argument in arguments(args):
        if argument.annotation:
          self._visit_annotation(argument.annotation)
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

  def _visit_assignment(
    self, node: ast.Assign | ast.AnnAssign | ast.AugAssign
  ) -> None:
    if isinstance(node, ast.AnnAssign):
      self._visit_annotation(node.annotation)
    if isinstance(node, ast.AugAssign):
      self._visit(node.op)
    match node:
      case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as f):
        self._visit_function(name, f.args, [f.body])
      case (
        ast.Assign(targets=[ast.Name(id=name)], value=ast.expr() as value)
        | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
      ):
        self._visit(value)
        variable = self._scope[name]
        if isinstance(variable, Variable):
          learn(variable, value, self._scope)
      case _ if node.value:
        self._visit(node.value)

  def _visit_annotation(self, node: ast.expr) -> None:
    match node:
      case ast.Name() | ast.Attribute():
        self._visit(node)
      case ast.Constant():
        pass
      case _:
        _reject_no_name(node, "annotation")

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
        _reject_module(node, path)

  def _visit_attribute(self, node: ast.Attribute) -> None:
    reject_dunder(node, node.attr)
    module = path_of(node.value, self._scope)
    if module is not None and module in rules.MODULES:
      if f"{module}.{node.attr}" in rules.MODULES:
        _reject_module(node, f"{module}.{node.attr}")
      check_member(node, module, node.attr)
      return
    self._visit(node.value)
    if node.attr not in rules.METHODS | rules.PROPERTIES:
      reject(
        node,
        f"attribute `{node.attr}`",
        "only methods that mirror jnp functions may be called on arrays: "
        + ", ".join(sorted(rules.METHODS | rules.PROPERTIES)),
      )

  def _visit_call(self, node: ast.Call) -> None:
    match node.func:
      case ast.Name(id="range"):
        turns(node, self._scope)
      case ast.Name(id=name) if isinstance(self._scope.get(name), Function):
        callee = self._function_named(name)
        if callee is self._entry:
          reject(node, f"calling `{name}`", "only the search calls it")
        self._function.calls.append((callee, self._times))
      case ast.Name() | ast.Attribute():
        self._visit(node.func)
      case _:
        reject(node, "calling an expression", "call a function by its name")
    self._visit_all(node.args)
    for keyword in node.keywords:
      self._visit_keyword(keyword)

  def _visit_keyword(self, keyword: ast.keyword) -> None:
    if keyword.arg is None:
      reject(keyword, "`**`", "write each argument out")
    reject_dunder(keyword, keyword.arg)
    match keyword.value:
      case ast.Constant(value=str()) if keyword.arg in rules.TEXT_KEYWORDS:
        pass
      case value:
        self._visit(value)


def _entry(tree: ast.Module, scope: Scope) -> ast.FunctionDef:
  """The one function that the search calls."""
  bound = [name for name in rules.ENTRY_NAMES if name in scope.maps[0]]
  entries = [
    node
    for node in tree.body
    if isinstance(node, ast.FunctionDef) and node.name in bound
  ]
  if len(bound) != 1 or len(entries) != 1:
    reject(
      entries[-1] if entries else tree,
      "a second entry" if entries else "a program without entry",
      "`def` one function named " + " or ".join(rules.ENTRY_NAMES),
    )
  args = entries[0].args
  required = len(arguments(args)) - len(defaults(args))
  if required != 1 or len(args.posonlyargs + args.args) == len(args.defaults):
    reject(
      entries[0],
      f"an entry function with {required} required arguments",
      "it takes the array; further arguments need default values",
    )
  return entries[0]


def _check_default(node: ast.expr) -> None:
  match node:
    case ast.Name() | ast.Attribute() | ast.Constant():
      pass
    case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
      pass
    case ast.Tuple(elts=elements):
      for element in elements:
        _check_default(element)
    case _:
      _reject_no_name(node, "default value")


def _reject_no_name(node: ast.expr, role: str) -> None:
  reject(
    node,
    f"the {role} `{ast.unparse(node)}`",
    "write a name, an attribute or a literal",
  )


def _check_constant(node: ast.Constant) -> None:
  if isinstance(node.value, str | bytes):
    reject(
      node,
      f"the text {node.value!r:.40}",
      "text is for docstrings and the keyword arguments "
      + ", ".join(sorted(rules.TEXT_KEYWORDS)),
    )
  if isinstance(node.value, int) and node.value > rules.MAX_INTEGER:
    reject(node, "an integer this large", f"the limit is {rules.MAX_INTEGER}")


def _reject_module(node: ast.AST, path: str) -> None:
  reject(node, f"the module {path} as a value", "name one of its functions")
