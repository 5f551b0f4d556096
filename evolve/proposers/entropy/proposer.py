"""The proposer that corrects parents by EAFO's rule."""

import ast
from collections.abc import Iterator

import numpy as np

from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.traits import STRIDE, Traits
from evolve.language.parameters import MAX_PARAMETERS, numbers
from evolve.program import Program
from evolve.proposers.entropy.correction import correction
from evolve.proposers.expression import canonical, sites, tree
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import round_constant, simplify
from evolve.proposers.immediate import ImmediateProposer, unseen
from evolve.search.archive import Elite
from evolve.search.population import Population
from harness.core.errors import UserError
from harness.core.parameters import Share

_PARAMETER = "epsilon"
# Of the factor before exp(-x^2 / 2); the paper's step of 1 is 0.4, and CRReLU
# begins at 0.01.
_SMALLEST, _LARGEST = 0.01, 1.0
_NUM_PARENTS = 4
_NEGLIGIBLE = 5e-3  # Of a coefficient.
_GRID = PROBE_GRID[::STRIDE].astype(np.float64)
_INNER = np.abs(_GRID) < 8  # Beyond, a pre-activation is as good as impossible.


class EntropyProposer(ImmediateProposer):
  """Writes a parent with EAFO's correction added; see `Proposer`.

  The step is drawn at random; its sign is the rule's. It is a parameter of the
  program, as CRReLU's epsilon is.
  """

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few draws find one.

    Raises:
      UserError: no candidate can be corrected.
    """

    def draw() -> Program:
      for elite in _candidates(slot, population, rng):
        coefficients = _correction(elite, population)
        if coefficients is not None:
          step = np.exp(rng.uniform(np.log(_SMALLEST), np.log(_LARGEST)))
          source = corrected(elite.source, coefficients, float(step))
          return Program(source, (elite.program_id,))
      raise UserError(
        "no candidate increases over a part of its inputs, so EAFO's rule "
        "corrects none; give others with --init, e.g. relu"
      )

    return unseen(draw, population)


def corrected(source: str, coefficients: np.ndarray, step: float) -> str:
  """A program of f(x) + epsilon exp(-x^2 / 2) c(x).

  Args:
    source: the program of f.
    coefficients: of the polynomial c, from the constant on.
    step: the default value of epsilon.
  """
  module = simplify(canonical.parse(source))
  function, result = tree.main_function(module), sites.result(module)
  name = tree.new_name(_PARAMETER, tree.bindings(module))
  function.args.args.append(ast.arg(name))
  function.args.defaults.append(ast.Constant(round_constant(step)))
  text = f"e + {name} * jnp.exp(-0.5 * x ** 2) * ({_polynomial(coefficients)})"
  new = canonical.substitute(
    ast.parse(text, mode="eval").body,
    {"x": ast.Name(result.argument, ast.Load()), "e": result.node},
  )
  tree.replace(module, result.node, new)
  return render(module)


def _polynomial(coefficients: np.ndarray) -> str:
  """The text of a polynomial in x, without terms that are about 0."""
  powers = ("", " * x", " * x ** 2", " * x ** 3")
  terms = [
    f"{'-' if coefficient < 0 else '+'} {abs(coefficient):.4g}{power}"
    for coefficient, power in zip(coefficients, powers, strict=True)
    if abs(coefficient) > _NEGLIGIBLE
  ]
  return " ".join(terms).removeprefix("+ ")


def _candidates(
  slot: int, population: Population, rng: np.random.Generator
) -> Iterator[Elite]:
  """Parents for a slot, and after them any."""
  yield from population.select(slot, rng, _NUM_PARENTS)
  yield from population.archive.elites()


def _rebinds_its_input(source: str) -> bool:
  """True if the argument is another number where the program ends."""
  module = canonical.parse(source)
  argument = sites.result(module).argument
  return tree.bindings(tree.main_function(module))[argument] > 1


def _correction(elite: Elite, population: Population) -> np.ndarray | None:
  """The coefficients of an elite's correction; None if it has none."""
  record = population.database.traits(elite.program_id)
  if record is None:
    return None
  traits = Traits.from_json(record)
  is_full = len(numbers(elite.source)) >= MAX_PARAMETERS
  if not traits.pointwise or traits.share is not Share.FROZEN or is_full:
    return None
  if _rebinds_its_input(elite.source):
    return None
  slopes = traits.signature[len(_GRID) :].astype(np.float64)
  found = correction(_GRID[_INNER], slopes[_INNER])
  if found is None or not _polynomial(found):
    return None
  return found
