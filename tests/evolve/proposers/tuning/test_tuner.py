"""The proposer that tunes constants."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from evolve.language.parameters import numbers
from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator
from evolve.proposers.mixed import MixedProposer
from evolve.proposers.mutator import MutatorProposer
from evolve.proposers.tuning.constants import split
from evolve.proposers.tuning.tuner import ConstantTuner
from evolve.search.archive import Archive, Elite
from evolve.search.database import Database, Row
from evolve.search.population import Population
from harness.core.fitness import Report, Status
from harness.core.parameters import Share
from tests.evolve.conftest import Pools
from tests.evolve.programs import entry
from tests.evolve.search import prefixes, searching

RELU = entry("return jnp.maximum(x, 0)")
WAVE = entry("return x + 0.3 * jnp.sin(2.5 * x)")
GATE = entry("return x * jax.nn.sigmoid(1.7 * x) - 0.2")
EVALUATIONS = 5


@pytest.fixture
def population(tmp_path: Path) -> Population:
  database = Database(tmp_path / "programs.sqlite")
  return Population(Archive(1, 100), database, set())


def _enter(population: Population, source: str, value: float) -> Program:
  """Makes a program an elite, in a niche of its own."""
  program = Program(source)
  slot = population.database.num_rows()
  report = Report(Status.OK, "", scores_by_seed={"task": (value,)})
  population.database.commit(Row(slot, program, report, None))
  elite = Elite(slot, program.id, source, value, (slot,))
  population.archive.add(elite, 0)
  return program


def _tuner() -> ConstantTuner:
  return ConstantTuner(MutatorProposer(ExpressionMutator()), EVALUATIONS)


def _proposed(
  tuner: ConstantTuner, population: Population, slots: range
) -> list[Program]:
  return [
    tuner.propose(slot, population, np.random.default_rng(slot))
    for slot in slots
  ]


def test_structures_are_tuned_in_turn_from_the_best(
  population: Population,
) -> None:
  _enter(population, RELU, 0.9)  # Has no constants.
  gate, wave = (_enter(population, s, v) for s, v in ((GATE, 0.8), (WAVE, 0.7)))
  tuner = _tuner()
  for parent in (gate, wave):
    structure, start = split(parent.source)
    for program in _proposed(tuner, population, range(EVALUATIONS)):
      assert program.parents == (parent.id,)
      constants = structure.numbers(program.source)
      assert constants != start
      assert np.sign(constants).tolist() == np.sign(start).tolist()
      assert all(float(f"{c:.4g}") == c for c in constants)
  # Nothing is left to tune, not even a child: it has the same structure.
  _enter(population, split(GATE)[0].source((0.3, 2.0)), 0.95)
  (child,) = _proposed(tuner, population, range(1))
  assert len(child.parents) == 2


def test_programs_with_too_many_constants_are_left_alone(
  population: Population,
) -> None:
  _enter(population, entry(f"return {'0.9 * jnp.sin(' * 13}x{')' * 13}"), 0.9)
  twelve = _enter(
    population, entry(f"return {'0.9 * jnp.sin(' * 12}x{')' * 12}"), 0.8
  )
  (child,) = _proposed(_tuner(), population, range(1))
  assert child.parents == (twelve.id,)


def test_a_constant_of_zero_moves_too(population: Population) -> None:
  zero = entry("return jnp.maximum(x, 0.0)")
  _enter(population, zero, 0.5)
  found = [
    split(zero)[0].numbers(program.source)[0]
    for program in _proposed(_tuner(), population, range(EVALUATIONS))
  ]
  assert min(found) < 0 < max(found)


def test_trained_parameters_are_left_to_training(tmp_path: Path) -> None:
  database = Database(tmp_path / "programs.sqlite")
  population = Population(Archive(1, 100), database, set(), Share.LAYER)
  source = "def activation(x, b=1.0):\n  return 0.7 * jnp.tanh(b * x)\n"
  _enter(population, Program(source).sharing(Share.LAYER).source, 0.5)
  tuner = _tuner()
  (program,) = _proposed(tuner, population, range(1))
  assert program.share is Share.LAYER
  assert numbers(program.source) == {"b": 1.0}
  assert split(program.source)[1] != (0.7,)
  report = Report(Status.OK, "", scores_by_seed={"task": (0.6,)})
  tuner.learn(Row(0, program, report, None), population)
  (other,) = _proposed(tuner, population, range(1, 2))
  assert split(other.source)[0] == split(program.source)[0]
  assert other.id != program.id


def test_it_proposes_no_known_program(population: Population) -> None:
  _enter(population, WAVE, 0.5)
  (first,) = _proposed(_tuner(), population, range(1))
  population.known.add(first.id)
  (other,) = _proposed(_tuner(), population, range(1))
  assert other.id != first.id


def test_it_finds_better_constants(population: Population) -> None:
  """The value is the closeness to an amplitude and a frequency."""
  _enter(population, WAVE, np.exp(-np.log(2) - np.log(2)))
  structure, _ = split(WAVE)
  tuner = ConstantTuner(MutatorProposer(ExpressionMutator()), 200)
  closest = 0.0
  for slot in range(1, 200):
    (program,) = _proposed(tuner, population, range(slot, slot + 1))
    amplitude, frequency = structure.numbers(program.source)
    distance = abs(np.log(amplitude / 0.6)) + abs(np.log(frequency / 1.25))
    report = Report(
      Status.OK, "", scores_by_seed={"task": (float(np.exp(-distance)),)}
    )
    tuner.learn(Row(slot, program, report, None), population)
    closest = max(closest, np.exp(-distance))
  assert closest > 0.99


@pytest.mark.slow
def test_a_search_is_the_same_from_any_slot_on(
  tmp_path: Path, pools: Pools
) -> None:
  """Within a structure, between two, and where a mutator steps in."""
  zero = len(searching.GENERATION_ZERO)
  mutator = MutatorProposer(ExpressionMutator())

  def proposer() -> MixedProposer:
    return MixedProposer(
      ConstantTuner(mutator, EVALUATIONS), mutator, 0.5, zero
    )

  table = prefixes.check(
    tmp_path, proposer, searching.config(36), (19, 33), pools
  )
  sources = {row[1]: row[5] for row in table}
  tuned = [
    json.loads(row[2])[0]
    for row in table[zero:]
    if split(row[5])[0] == split(sources[json.loads(row[2])[0]])[0]
    and len(json.loads(row[2])) == 1
  ]
  # Of several structures, the last one not to its end.
  assert len(tuned) > 10
  assert list(Counter(tuned).values())[:2] == [EVALUATIONS] * 2
