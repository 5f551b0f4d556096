"""Parents of EAFO's corrections."""

from pathlib import Path

import numpy as np
import pytest

from evolve import activations
from evolve.admission.admission import Admission
from evolve.admission.probe import probe
from evolve.admission.traits import Traits
from evolve.language.parameters import numbers
from evolve.program import Program
from evolve.proposers.entropy.proposer import EntropyProposer
from evolve.search.archive import Archive, Elite
from evolve.search.database import Database, Row
from evolve.search.population import Population
from harness.core.errors import UserError
from harness.core.fitness import Report, Status
from harness.core.parameters import Share
from tests.evolve.conftest import Pools
from tests.evolve.programs import entry
from tests.evolve.search import prefixes, searching

_FALLING = entry("return -x")
_MIXING = entry("return x - x.mean()")
# The correction would be added at another input than it was found for.
_SHIFTED = entry("x = x - 1.0\nreturn jnp.maximum(x, 0.0)")


def _population(path: Path, *sources: str) -> Population:
  """Elites with the traits that workers find."""
  database = Database(path / "programs.sqlite")
  population = Population(Archive(1, 100), database, set())
  for slot, source in enumerate(sources):
    program = Program(source)
    traits = Traits.of(source, probe(program.activation(), Admission()))
    report = Report(Status.OK, "", scores_by_seed={"task": (0.5,)})
    database.commit(Row(slot, program, report, traits.to_json()))
    elite = Elite(slot, program.id, source, 0.5, (slot,))
    population.archive.add(elite, 0)
  return population


def test_only_what_increases_is_corrected(tmp_path: Path) -> None:
  relu = activations.source("relu")
  trained = Program(activations.source("prelu")).sharing(Share.LAYER).source
  population = _population(tmp_path, _FALLING, _MIXING, trained, _SHIFTED, relu)
  steps = []
  for seed in range(40):
    rng = np.random.default_rng(seed)
    child = EntropyProposer().propose(10, population, rng)
    assert child.parents == (Program(relu).id,)
    assert child.share is Share.FROZEN
    steps.append(numbers(child.source)["epsilon"])
  # Positive steps of the rule, from a hundredth to 1.
  assert 0.01 <= min(steps) < 0.03 and 0.4 < max(steps) <= 1


def test_without_any_it_says_so(tmp_path: Path) -> None:
  population = _population(tmp_path, _FALLING, _MIXING)
  with pytest.raises(UserError, match="increases"):
    EntropyProposer().propose(10, population, np.random.default_rng(0))


@pytest.mark.slow
def test_a_search_is_the_same_from_any_slot_on(
  tmp_path: Path, pools: Pools
) -> None:
  table = prefixes.check(
    tmp_path, EntropyProposer, searching.config(32), (26,), pools
  )
  zero = len(searching.GENERATION_ZERO)
  assert all(len(row[2]) > 2 for row in table[zero:])
