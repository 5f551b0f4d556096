"""The mutators that need no language model."""

import ast
import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from evolve.program import is_of_the_language, normalise
from evolve.proposers.expression import (
  blocks,
  canonical,
  crossover,
  operators,
  tree,
)
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify, uses_arguments

_ATTEMPTS = 100
# Share of children that get one more operator, and then another.
_CONTINUE = 0.3
# Of a random program, as in PANGAEA (arXiv 2006.03179).
_MOST_PARAMETERS = 3
_DEPTHS = (1, 2, 2, 3, 3, 4)


@dataclasses.dataclass(frozen=True)
class ExpressionMutator:
  """Changes the syntax tree of one parent, or joins those of two.

  Attributes:
    max_size: bound on the size of a child (`tree.size`); children of a larger
      parent are at most as large as that.
    crossover_rate: share of the children of two different parents that are made
      by crossover.
    trains_parameters: True if the search does; only then constants become
      parameters, and parameters constants.
  """

  max_size: int = 80
  crossover_rate: float = 0.3
  trains_parameters: bool = False

  @property
  def num_parents(self) -> int:
    return 2

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns a program that differs from all parents.

    Args:
      parents: sources; the first is changed, and from those beyond the second
        the child only has to differ.
      rng: makes every random choice.

    Raises:
      LanguageError: a parent is not of the language.
      ValueError: there is no parent.
    """
    if not parents:
      raise ValueError("the expression mutator needs at least one parent")
    main, *others = dict.fromkeys(parents)
    known = {normalise(other) for other in others} | _normalised(main)
    for _ in range(_ATTEMPTS):
      partner = None
      if others and rng.random() < self.crossover_rate:
        partner = others[0]
        known |= _normalised(partner)
      child = self._attempt(main, partner, rng)
      if child is not None and normalise(child) not in known:
        return child
    # No change of this parent is admitted: a new program is no worse.
    return random_program(rng, self.trains_parameters)

  @property
  def _operators(self) -> operators.Operators:
    if self.trains_parameters:
      return operators.TRAINING_OPERATORS
    return operators.OPERATORS

  def _attempt(
    self, main: str, partner: str | None, rng: np.random.Generator
  ) -> str | None:
    child = tree.copied(_read(main))
    if partner is not None:
      crossover.cross(child, _read(partner), rng)
    elif not operators.mutate(child, rng, self._operators):
      return None
    while rng.random() < _CONTINUE:
      operators.mutate(child, rng, self._operators)
    limit = max(self.max_size, tree.size(_read(main)))
    return _finish(child, limit)


# Elites are parents again and again.
@functools.lru_cache(maxsize=1024)
def _read(source: str) -> ast.Module:
  """The simplified program, which is cached: copy it before a change."""
  return simplify(canonical.parse(source))


@functools.lru_cache(maxsize=1024)
def _normalised(source: str) -> frozenset[str]:
  """A program and its simplified form, each normalised."""
  simple = render(tree.copied(_read(source)))
  return frozenset({normalise(source), normalise(simple)})


@dataclasses.dataclass(frozen=True)
class RandomMutator:
  """Random programs without parents: the control that a search has to beat.

  Attributes:
    trains_parameters: True if the search does; then programs have some.
  """

  trains_parameters: bool = False

  @property
  def num_parents(self) -> int:
    return 0

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns a new random program of the same building blocks."""
    del parents
    return random_program(rng, self.trains_parameters)


def random_program(
  rng: np.random.Generator, trains_parameters: bool = False
) -> str:
  """A random pointwise program, one to four blocks deep.

  Args:
    rng: makes every random choice.
    trains_parameters: True if some of its constants become parameters.
  """
  while True:
    module = ast.parse("def activation(x):\n  return x")
    result = tree.result_of(tree.main_function(module))
    depth = blocks.pick(rng, _DEPTHS)
    new = blocks.random_expression(rng, "x", depth)
    tree.replace(module, result, new)
    if trains_parameters:
      operators.add_parameters(simplify(module), rng, _MOST_PARAMETERS)
    program = _finish(module, limit=80)
    if program is not None:
      return program


def _finish(module: ast.Module, limit: int) -> str | None:
  """The source of a changed program; None if pointless or above the limit."""
  simplify(module)
  if not uses_arguments(module) or tree.size(module) > limit:
    return None
  source = render(module)
  return source if is_of_the_language(source) else None
