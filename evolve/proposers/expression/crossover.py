"""Crossover of two programs."""

import ast

import numpy as np

from evolve.proposers.expression import (
  blocks,
  canonical,
  parameters,
  sites,
  tree,
)
from evolve.proposers.expression.operators import pick_site

# Share of crossovers that join two whole activations.
_WHOLE = 0.6


def cross(
  module: ast.Module, partner: ast.Module, rng: np.random.Generator
) -> None:
  """Puts all or a part of `partner`, which does not change, into `module`."""
  other = tree.main_function(partner)
  # A partner with helpers of its own cannot be one expression.
  is_alone = len(partner.body) == 1
  expression = canonical.as_expression(other) if is_alone else None
  if rng.random() < _WHOLE:
    site = sites.result(module)
    block = blocks.pick(rng, blocks.MIXES)
  else:
    site = pick_site(module, rng)
    block = "b"
    if expression is not None:
      expression = _pick_part(expression, rng)
  if expression is None:
    gene = _as_call(module, partner, site.argument)
  else:
    values = parameters.adopt(module, other, tree.loads(expression))
    values[tree.argument_of(other)] = ast.Name(site.argument, ast.Load())
    gene = canonical.substitute(expression, values)
  new = blocks.fill(block, rng, site.argument, e=site.node, b=gene)
  tree.replace(module, site.node, new)


def _pick_part(expression: ast.expr, rng: np.random.Generator) -> ast.expr:
  """An operation or call inside an expression, or the whole if it has none."""
  parts = [
    site.node
    for site in sites.of_expression(expression, "")
    if not site.guarded and isinstance(site.node, ast.BinOp | ast.Call)
  ]
  return blocks.pick(rng, parts) if parts else expression


def _as_call(
  module: ast.Module, partner: ast.Module, argument: str
) -> ast.expr:
  """Makes the partner a local helper of the entry and calls it."""
  function, partner = tree.main_function(module), tree.copied(partner)
  helper = tree.main_function(partner)
  taken = tree.bindings(function) | tree.bindings(partner)
  helper.name = tree.new_name(canonical.PARTNER, taken)
  # The partner's own helpers move inside.
  helper.body[:0] = [s for s in partner.body if s is not helper]
  values = parameters.adopt(module, helper, tree.loads(helper))
  # The call passes all parameters.
  helper.args.defaults = []
  helper.args.kw_defaults = [None for _ in helper.args.kwonlyargs]
  function.body.insert(0, helper)
  return ast.Call(
    ast.Name(helper.name, ast.Load()),
    [ast.Name(argument, ast.Load())],
    [ast.keyword(name, value) for name, value in values.items()],
  )
