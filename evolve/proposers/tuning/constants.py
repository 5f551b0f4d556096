"""Programs taken apart into a structure and the constants in it."""

import ast
import functools
import math
import re

from evolve.program import Program
from evolve.proposers.expression import canonical, operators, sites, tree
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify
from evolve.proposers.template import Template
from harness.core.parameters import Share

# The first of the numbers that stand for constants while a program is rendered:
# all different, so that equal constants get names of their own.
_FIRST = 1_000_000.5
_STAND_IN = re.compile(r"1\d{6}\.5")


# Elites are looked at again and again.
@functools.lru_cache(maxsize=4096)
def split(source: str) -> tuple[Template, tuple[float, ...]]:
  """The structure of a program, and its constants.

  These are the numbers, but for integers, in the places where the expression
  mutator changes constants, and default values of parameters that are not
  trained. Each has a name of its own, in a program that is simplified and
  rendered as by that mutator.

  Raises:
    LanguageError: the program is not of the language.
  """
  module = simplify(canonical.parse(source))
  is_frozen = Program(source).share is Share.FROZEN
  defaults = sites.of_defaults(module) if is_frozen else []
  values: list[float] = []
  for site in defaults + sites.of_program(module):
    if _is_tunable(site):
      assert isinstance(site.node, ast.Constant)
      role = site.node.kind or operators.role_of(module, site.node)
      stand_in = ast.Constant(_FIRST + len(values), kind=role)
      tree.replace(module, site.node, stand_in)
      values.append(ast.literal_eval(site.node))
  text = render(module)
  order = [int(float(found) - _FIRST) for found in _STAND_IN.findall(text)]
  structure = Template(tuple(_STAND_IN.split(text)))
  return structure, tuple(values[place] for place in order)


def _is_tunable(site: sites.Site) -> bool:
  """True for a constant; a guarded one changes in size only, which 0 can't."""
  if not isinstance(site.node, ast.Constant):
    return False
  value = site.node.value
  return (
    isinstance(value, float)
    and math.isfinite(value)
    and not (site.guarded and value == 0)
  )
