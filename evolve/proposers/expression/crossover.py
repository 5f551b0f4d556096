"""Joins two programs into one."""

import ast
import itertools
from collections.abc import Iterator

import numpy as np

from evolve.proposers.expression import blocks, canonical, tree
from evolve.proposers.expression.operators import pick_site

# Share of crossings that join two whole activations.
_WHOLE = 0.6


def cross(
  module: ast.Module, partner: ast.Module, rng: np.random.Generator
) -> None:
  """Brings all or a part of `partner`, which is left alone, into `module`."""
  function = tree.main_function(module)
  # With functions of its own around it, a partner cannot be one expression.
  expression = (
    canonical.as_expression(tree.main_function(partner))
    if len(partner.body) == 1
    else None
  )
  if rng.random() < _WHOLE:
    site = tree.Site(
      tree.result_of(function), tree.argument_of(function) or "", False
    )
    block = blocks.pick(rng, blocks.MIXES)
  else:
    site = pick_site(module, rng)
    block = "b"
    if expression is not None:
      expression = _pick_part(expression, rng)
  if expression is None:
    gene = _as_call(function, partner, site.argument)
  else:
    gene = canonical.substitute(
      expression, {_argument(partner): ast.Name(site.argument, ast.Load())}
    )
  new = blocks.fill(block, rng, site.argument, e=site.node, b=gene)
  tree.replace(module, site.node, new)


def _argument(module: ast.Module) -> str:
  return tree.argument_of(tree.main_function(module)) or ""


def _pick_part(expression: ast.expr, rng: np.random.Generator) -> ast.expr:
  """An expression inside, or the whole where there is none worth taking."""
  parts = [
    site.node
    for site in tree.sites_of(expression, "")
    if not site.guarded and isinstance(site.node, ast.BinOp | ast.Call)
  ]
  return blocks.pick(rng, parts) if parts else expression


def _helper_names() -> Iterator[str]:
  yield canonical.PARTNER
  yield from (f"{canonical.PARTNER}_{i}" for i in itertools.count(2))


def _as_call(
  function: ast.FunctionDef, partner: ast.Module, argument: str
) -> ast.expr:
  """Makes the partner a local helper of `function` and calls it."""
  partner = tree.copied(partner)
  helper = tree.main_function(partner)
  taken = tree.bindings(function) | tree.bindings(partner)
  helper.name = next(name for name in _helper_names() if name not in taken)
  # What the partner has around its main function moves inside.
  helper.body[:0] = [s for s in partner.body if s is not helper]
  function.body.insert(0, helper)
  return ast.Call(
    ast.Name(helper.name, ast.Load()), [ast.Name(argument, ast.Load())], []
  )
