"""Tables, trained by the real processes."""

import os
import signal
from collections.abc import Iterator

import jax
import numpy as np
import pytest

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.cascade import Cascade, Entry, Rung
from evolve.workers.jobs import EvaluateJob, ProbeJob, Tabulated, TrainJob
from evolve.workers.pool import WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Report, Status
from harness.core.table import Table
from tasks.lab.fitness import LabFitness
from tests.evolve import processes
from tests.evolve.fitnesses import RandomFeatures
from tests.tasks.lab.questions import MODULE, REGRESSION, SUITE

FULL = Fidelity(30, 2)
CASCADE = Cascade(
  (Rung("screen", "lab", 0, Fidelity(10, 1)), Rung("full", "lab", 0, FULL))
)
UNSCREENED = Entry(1)
PROGRAMS = [
  Program(f"def activation(x):\n  return {body}\n")
  for body in ("jnp.tanh(x)", "jax.nn.gelu(x)", "jnp.sin(x) + 0.5 * x")
]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
  fitness = LabFitness(SUITE, REGRESSION, (MODULE,))
  with WorkerPool({"lab": fitness}, 1, tables=True) as workers:
    yield workers


@pytest.fixture(scope="module")
def tables(pool: WorkerPool) -> list[Table]:
  found = []
  for program in PROGRAMS:
    probe = pool.call(ProbeJob(program, Admission()))
    assert isinstance(probe, Probe) and probe.table
    found.append(probe.table)
  return found


def _trained(
  pool: WorkerPool, tables: list[Table], entry: Entry = UNSCREENED
) -> list[list[Report]]:
  batch = [
    Tabulated(p.id, t, entry) for p, t in zip(PROGRAMS, tables, strict=False)
  ]
  return pool.call(TrainJob(batch, CASCADE))


def test_a_table_scores_as_its_function(
  pool: WorkerPool, tables: list[Table]
) -> None:
  reports = [report for (report,) in _trained(pool, tables)]
  assert [report.outside for report in reports] == [0, 0, 0]
  (exact,) = pool.call(EvaluateJob(PROGRAMS[-1], CASCADE, UNSCREENED))
  assert reports[-1].status is exact.status is Status.OK
  assert reports[-1].value == pytest.approx(exact.value, abs=0.01)
  assert exact.outside is None


def test_programs_are_compiled_once_for_all(
  pool: WorkerPool, tables: list[Table]
) -> None:
  _trained(pool, tables[:1])  # If no test did it before.
  before = pool.compilations.copy()
  assert before["train"] > 0
  first = _trained(pool, tables)
  assert [len(r) for r in _trained(pool, tables, Entry())] == [2, 2, 2]
  assert pool.compilations == before
  again = _trained(pool, tables)
  for (one,), (other,) in zip(first, again, strict=True):
    assert one.scores_by_seed == other.scores_by_seed


def test_the_screen_stops_single_tables_of_a_batch(
  pool: WorkerPool, tables: list[Table]
) -> None:
  values = [screen.value for screen, _ in _trained(pool, tables, Entry())]
  best = max(v for v in values if v is not None)
  reports = _trained(pool, tables, Entry(0, (best,)))
  assert [len(r) == 1 for r in reports] == [v != best for v in values]


@pytest.mark.slow
def test_the_place_in_a_batch_changes_nothing(tables: list[Table]) -> None:
  fitness = LabFitness(SUITE, REGRESSION, (MODULE,), batch_size=3)
  forward = fitness.evaluate(tables, 0, FULL)
  backward = fitness.evaluate(tables[::-1], 0, FULL)
  (alone,) = fitness.evaluate(tables[1:2], 0, FULL)
  for one, other in zip(forward, backward[::-1], strict=True):
    assert one.scores_by_seed == other.scores_by_seed
  assert alone.scores_by_seed == forward[1].scores_by_seed
  single = LabFitness(SUITE, REGRESSION, (MODULE,))
  for one, other in zip(forward, single.evaluate(tables, 0, FULL), strict=True):
    assert one.value == pytest.approx(other.value, abs=1e-3)


def test_a_probe_survives_the_pipe(tables: list[Table]) -> None:
  table = tables[0]
  assert np.asarray(table.values).dtype == np.float32
  x = np.linspace(-3, 3, 100, dtype=np.float32)
  np.testing.assert_allclose(table(jax.numpy.asarray(x)), np.tanh(x), atol=2e-3)


def test_the_end_of_a_trainer_is_one_clear_line(tables: list[Table]) -> None:
  before = processes.descendants(os.getpid())
  with WorkerPool({"lab": RandomFeatures()}, 1, tables=True) as pool:
    _trained(pool, tables[:1])
    _, trainer = sorted(processes.descendants(os.getpid()) - before)
    os.kill(trainer, signal.SIGKILL)
    with pytest.raises(UserError, match=r"a table trainer died: .*--resume"):
      _trained(pool, tables[:1])
