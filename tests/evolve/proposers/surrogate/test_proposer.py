"""The proposer that follows predictions."""

from pathlib import Path

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.spaces.formula import of_program, parse
from evolve.proposers.surrogate.proposer import SurrogateProposer
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.population import Population
from evolve.surrogate.predictors import NearestNeighbours
from harness.core.errors import UserError
from harness.core.fitness import Report, Status

# On a line, in an order of its own; the last has no features.
_NAMES = ("tanh", "erf", "sigmoid", "relu", "exp", "sinh", "cosh")
_FORMULAS = [parse(f"{name}(x)") for name in _NAMES]
_PLACES = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0], [np.nan]])


@pytest.fixture
def population(tmp_path: Path) -> Population:
  database = Database(tmp_path / "programs.sqlite")
  return Population(Archive(1, 1), database, set())


def _proposer() -> SurrogateProposer:
  predictor = NearestNeighbours.of(_PLACES, "euclidean", count=1)
  return SurrogateProposer(_FORMULAS, predictor, [_FORMULAS[3], _FORMULAS[0]])


def _propose(proposer: SurrogateProposer, population: Population) -> Program:
  return proposer.propose(0, population, np.random.default_rng(0))


def _learn(
  proposer: SurrogateProposer,
  population: Population,
  program: Program,
  report: Report,
) -> None:
  row = Row(population.database.num_rows(), program, report, None)
  population.database.commit(row)
  proposer.learn(row, population)


def _ok(value: float) -> Report:
  return Report(Status.OK, "", scores_by_seed={"task": (value,)})


def _name(program: Program) -> str:
  formula = of_program(program.source)
  assert formula is not None
  return formula.operator


def test_baselines_come_first_and_then_what_is_near_the_best(
  population: Population,
) -> None:
  proposer = _proposer()
  first, second = (_propose(proposer, population) for _ in range(2))
  assert [_name(first), _name(second)] == ["relu", "tanh"]
  _learn(proposer, population, first, _ok(0.2))
  _learn(proposer, population, second, _ok(0.7))
  assert _name(_propose(proposer, population)) == "erf"  # Nearest to tanh.
  exp_or_sinh = [_name(_propose(proposer, population)) for _ in range(3)]
  assert exp_or_sinh[0] in ("sigmoid", "exp", "sinh")  # All nearest to relu.
  # A function without features comes last.
  assert _name(_propose(proposer, population)) == "cosh"
  with pytest.raises(UserError, match="all 7 formulas"):
    _propose(proposer, population)


def test_failures_are_worth_nothing_and_screened_ones_their_screen(
  population: Population,
) -> None:
  proposer = _proposer()
  relu, tanh = (_propose(proposer, population) for _ in range(2))
  _learn(proposer, population, relu, Report(Status.DIVERGED, ""))
  _learn(
    proposer, population, tanh, Report(Status.SCREENED, "", screen_value=0.1)
  )
  assert _name(_propose(proposer, population)) == "erf"


def test_a_duplicate_is_worth_what_it_repeats(population: Population) -> None:
  proposer = _proposer()
  other = Program("def activation(x):\n  return jax.nn.relu(x) + 0\n")
  population.database.commit(Row(0, other, _ok(0.9), None))
  relu, tanh = (_propose(proposer, population) for _ in range(2))
  report = Report(Status.DUPLICATE, "", same_as=other.id)
  _learn(proposer, population, relu, report)
  _learn(proposer, population, tanh, _ok(0.5))
  assert _name(_propose(proposer, population)) in ("sigmoid", "exp", "sinh")


def test_a_resumed_run_writes_on(population: Population) -> None:
  whole, resumed = _proposer(), _proposer()
  programs = []
  for slot in range(4):
    programs.append(_propose(whole, population))
    _learn(whole, population, programs[-1], _ok(0.1 * slot))
  for slot, program in enumerate(programs):
    resumed.recall(slot, program, population)
    resumed.learn(Row(slot, program, _ok(0.1 * slot), None), population)
  assert _propose(whole, population) == _propose(resumed, population)
