"""Mutations: small changes of a canonical program, in place.

Each operator picks a site of its own and returns whether it found one; callers
discard programs that ignore their input or are too large.
"""

import ast
from collections.abc import Callable, Sequence

import numpy as np

from evolve.language.syntax import children, walk
from evolve.proposers.expression import (
  blocks,
  canonical,
  parameters,
  sites,
  tree,
)
from evolve.proposers.expression.simplify import round_constant

Operator = Callable[[ast.Module, np.random.Generator], bool]
Operators = Sequence[tuple[Operator, float]]  # Each with its weight.

_FUNCTIONS = frozenset(blocks.FUNCTIONS)
_SWAPS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult)
# Perturbations of constants: spread of the factor, and of the summand.
_LOG_SPREAD = 0.35
_SPREAD = 0.2


def pick_site(
  module: ast.Module, rng: np.random.Generator, whole: float = 0.0
) -> sites.Site:
  """Any free site; with probability `whole` the result of the program."""
  free = [site for site in sites.of_program(module) if not site.guarded]
  if rng.random() < whole or not free:
    return sites.result(module)
  return blocks.pick(rng, free)


def _wrap(
  module: ast.Module,
  rng: np.random.Generator,
  site: sites.Site,
  block: str,
) -> bool:
  """Puts a block around a site, with a small random second operand."""
  b = blocks.random_expression(rng, site.argument, int(rng.integers(2)))
  new = blocks.fill(block, rng, site.argument, e=site.node, b=b)
  tree.replace(module, site.node, new)
  return True


def grow(module: ast.Module, rng: np.random.Generator) -> bool:
  """Wraps an expression in a function, or joins it with a new term."""
  options = blocks.UNARY if rng.random() < 0.5 else blocks.BINARY
  site = pick_site(module, rng, whole=0.3)
  return _wrap(module, rng, site, blocks.pick(rng, options))


def shrink(module: ast.Module, rng: np.random.Generator) -> bool:
  """Replaces an expression by one of its parts."""
  pairs = [
    (site.node, part.node)
    for site in sites.of_program(module)
    if not site.guarded
    for part in list(sites.of_expression(site.node, site.argument))[1:]
    if not tree.is_number(part.node)
  ]
  if not pairs:
    return False
  whole, part = blocks.pick(rng, pairs)
  tree.replace(module, whole, tree.copied(part))
  return True


def replace_operation(module: ast.Module, rng: np.random.Generator) -> bool:
  """Swaps a function for another, or + - * for one another."""
  nodes = [site.node for site in sites.of_program(module) if not site.guarded]
  places = [node for node in nodes if _is_swappable(node)]
  if not places:
    return False
  node = blocks.pick(rng, places)
  if isinstance(node, ast.BinOp):
    node.op = blocks.pick(
      rng, [op for op in _SWAPS if not isinstance(node.op, op)]
    )()
  elif isinstance(node, ast.Call):
    name = tree.dotted(node.func)
    name = blocks.pick(rng, [f for f in blocks.FUNCTIONS if f != name])
    node.func = ast.parse(name, mode="eval").body
  return True


def _is_swappable(node: ast.expr) -> bool:
  if isinstance(node, ast.BinOp):
    return isinstance(node.op, _SWAPS)
  return (
    isinstance(node, ast.Call)
    and len(node.args) == 1
    and not node.keywords
    and tree.dotted(node.func) in _FUNCTIONS
  )


def replace_expression(module: ast.Module, rng: np.random.Generator) -> bool:
  """Puts a small random expression in the place of another."""
  site = pick_site(module, rng)
  depth = int(rng.integers(3))
  new = blocks.random_expression(rng, site.argument, depth)
  tree.replace(module, site.node, new)
  return True


def perturb_constants(module: ast.Module, rng: np.random.Generator) -> bool:
  """Changes one constant, in one case of five all, by a factor or a summand.

  Default values of parameters are among them.
  """
  places = sites.of_defaults(module) + [
    site for site in sites.of_program(module) if tree.is_number(site.node)
  ]
  if not places:
    return False
  chosen = places if rng.random() < 0.2 else [blocks.pick(rng, places)]
  for site in chosen:
    assert isinstance(site.node, ast.Constant)
    value = ast.literal_eval(site.node)
    if value and (site.guarded or rng.random() < 0.7):
      value *= np.exp(_LOG_SPREAD * rng.normal())
    elif not site.guarded:
      value += _SPREAD * rng.normal()
    role = site.node.kind or role_of(module, site.node)
    new = ast.Constant(round_constant(value), kind=role)
    tree.replace(module, site.node, new)
  return True


def role_of(module: ast.Module, constant: ast.Constant) -> str:
  """The role of a constant that has none, from the operation on it."""
  parents = {
    child: parent for parent in walk(module) for child in children(parent)
  }
  parent = parents[constant]
  match parent, parents.get(parent):
    case ast.BinOp(op=ast.Mult()), ast.Call(func=func):
      periodic = tree.dotted(func) in ("jnp.sin", "jnp.cos", "jnp.sinc")
      return "frequency" if periodic else "scale"
    case ast.BinOp(op=ast.Mult() | ast.Div()), _:
      return "scale"
    case ast.BinOp(op=ast.Add() | ast.Sub()), _:
      return "shift"
    case ast.Compare(), _:
      return "threshold"
  return "constant"


def insert_periodic(module: ast.Module, rng: np.random.Generator) -> bool:
  """Adds a wave to an expression, most often to the whole."""
  site = pick_site(module, rng, whole=0.7)
  return _wrap(module, rng, site, blocks.pick(rng, blocks.PERIODIC))


def insert_gate(module: ast.Module, rng: np.random.Generator) -> bool:
  """Multiplies an expression, most often the whole, by a gate."""
  site = pick_site(module, rng, whole=0.5)
  return _wrap(module, rng, site, blocks.pick(rng, blocks.GATES))


def rescale_input(module: ast.Module, rng: np.random.Generator) -> bool:
  """Turns f(x) into f(scale * x), or into f(x + shift)."""
  function = tree.main_function(module)
  argument = tree.argument_of(function)
  local = "scaled_input"
  bound = tree.bindings(function)
  if bound[argument] != 1 or bound[local]:
    return False
  block = blocks.pick(rng, ("scale * x", "x + shift"))
  new = blocks.fill(block, rng, argument)
  if tree.loads(function)[argument] == 1:
    canonical.substitute(function, {argument: new})
  else:
    canonical.substitute(function, {argument: ast.Name(local, ast.Load())})
    function.body.insert(0, tree.assign(local, new))
  return True


def add_parameter(module: ast.Module, rng: np.random.Generator) -> bool:
  """Makes a constant a parameter that begins at its value.

  Without a constant it puts one in, a scale or a shift of an expression.
  """
  if not _trainable(module):
    site = pick_site(module, rng)
    _wrap(module, rng, site, blocks.pick(rng, ("scale * e", "e + shift")))
  constants = _trainable(module)
  if not constants:
    return False
  return _make_parameter(module, blocks.pick(rng, constants))


def add_parameters(
  module: ast.Module, rng: np.random.Generator, most: int
) -> None:
  """Makes up to `most` of the constants that have a role parameters."""
  constants = [node for node in _trainable(module) if node.kind]
  for i in rng.permutation(len(constants))[:most]:
    _make_parameter(module, constants[i])


def remove_parameter(module: ast.Module, rng: np.random.Generator) -> bool:
  """Makes a parameter a constant again, of its default value."""
  function = tree.main_function(module)
  bound = tree.bindings(function)
  values = {
    name: value
    for name, value in parameters.values(function).items()
    if tree.is_number(value) and bound[name] == 1
  }
  if not values:
    return False
  name = blocks.pick(rng, list(values))
  canonical.substitute(function, {name: values[name]})
  parameters.remove(function, {name})
  return True


def _trainable(module: ast.Module) -> list[ast.Constant]:
  """The constants that may take any value, as training knows no domain."""
  return [
    site.node
    for site in sites.of_statement(tree.main_function(module))
    if isinstance(site.node, ast.Constant)
    and tree.is_number(site.node)
    and not site.guarded
  ]


def _make_parameter(module: ast.Module, constant: ast.Constant) -> bool:
  """Makes a constant a parameter wherever its role has that value."""
  role = constant.kind or role_of(module, constant)
  name = parameters.add(module, role, float(ast.literal_eval(constant)))
  if name is None:
    return False
  for statement in tree.main_function(module).body:
    for node in walk(statement):
      if node is constant or (
        isinstance(node, ast.Constant)
        and node.kind
        and (node.kind, node.value) == (constant.kind, constant.value)
      ):
        tree.replace(statement, node, ast.Name(name, ast.Load()))
  return True


# The weights are ours: constants and single operations change most often, and
# programs shrink about as often as they grow.
OPERATORS: Operators = (
  (perturb_constants, 0.25),
  (shrink, 0.25),
  (replace_operation, 0.15),
  (grow, 0.1),
  (replace_expression, 0.1),
  (insert_periodic, 0.07),
  (insert_gate, 0.05),
  (rescale_input, 0.03),
)


# Of searches that train parameters.
TRAINING_OPERATORS: Operators = (
  *((operator, 0.8 * weight) for operator, weight in OPERATORS),
  (add_parameter, 0.15),
  (remove_parameter, 0.05),
)


def mutate(
  module: ast.Module,
  rng: np.random.Generator,
  operators: Operators = OPERATORS,
) -> bool:
  """Applies one operator, drawn by weight."""
  weights = [weight for _, weight in operators]
  operator, _ = operators[rng.choice(len(operators), p=weights)]
  return operator(module, rng)
