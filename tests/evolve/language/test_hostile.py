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
# Long enough that on a busy machine nothing else ends by the time.
LIMITS = Limits(probe_seconds=60)
SHORT_LIMITS = Limits(probe_seconds=2)  # Of what never ends.
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
  """Endless ones with a short limit, then all others side by side."""
  endless = [n for n in SOURCES if _expected(n) is Status.TIMEOUT]
  names = sorted(
    SOURCES.keys() - endless, key=lambda n: (_expected(n) is Status.INVALID, n)
  )
  fitnesses = {"small": RandomFeatures()}
  with WorkerPool(fitnesses, 2, limits=SHORT_LIMITS) as short:
    return _reports(short, endless) | _reports(pool, [*names, "sibling"])


def _reports(pool: WorkerPool, names: list[str]) -> dict[str, Report]:
  programs = [Program(SOURCES.get(name, _TANH.source)) for name in names]
  ended = evaluate_all(pool, programs, CASCADE, Admission())
  return {names[index]: report for index, _, (report,) in ended}


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
