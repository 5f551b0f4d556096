"""Every hostile program of the corpus, through the real workers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve.admission.admission import Admission
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.workers.cascade import Cascade
from evolve.workers.confinement.limits import Limits
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity, Report, Status
from tests.evolve.fitnesses import RandomFeatures

_FILES = sorted((Path(__file__).parent / "hostile").glob("*.py"))
SOURCES = {path.stem: path.read_text() for path in _FILES}
CASCADE = Cascade.single("small", 0, Fidelity(16, 2))
# Only what never ends takes that long.
LIMITS = Limits(probe_seconds=8)
_TANH = Program("def activation(x):\n  return jnp.tanh(x)\n")


def _expected(name: str) -> Status:
  """The first line of a file: `# expect: STATUS stage`."""
  return Status(SOURCES[name].partition("\n")[0].split()[2])


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
  with WorkerPool({"small": RandomFeatures()}, 2, limits=LIMITS) as workers:
    yield workers


@pytest.fixture(scope="module")
def reports(pool: WorkerPool) -> dict[str, Report]:
  """All of them side by side; the slow ones begin first."""
  names = sorted(SOURCES, key=lambda name: _expected(name) is Status.INVALID)
  programs = [*(Program(SOURCES[name]) for name in names), _TANH]
  ended = evaluate_all(pool, programs, CASCADE, Admission())
  found = {index: report for index, _, (report,) in ended}
  return {n: found[i] for i, n in enumerate([*names, "sibling"])}


@pytest.mark.parametrize("name", SOURCES)
def test_a_hostile_program_ends_with_its_stated_status(
  reports: dict[str, Report], name: str
) -> None:
  report = reports[name]
  assert report.status is _expected(name), report.feedback
  assert report.value is None
  assert report.feedback


def test_a_sibling_never_notices(
  pool: WorkerPool, reports: dict[str, Report]
) -> None:
  ((_, _, (alone,)),) = evaluate_all(pool, [_TANH], CASCADE, Admission())
  assert reports["sibling"].status is Status.OK
  assert reports["sibling"].scores_by_seed == alone.scores_by_seed
  assert reports["sibling"].ood_loss == alone.ood_loss
