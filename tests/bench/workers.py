"""The cost of a worker process before any training."""

import statistics
import time

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.search.config import SEARCH_FITNESS
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Report, Status
from harness.core.printed_table import print_table
from tasks.lab.fitness import FULL, LabFitness

# One for each place where a candidate may turn out to be invalid.
INVALID = {
  "does not parse": "def activation(x):\n  return x +",
  "breaks a rule": "import os\ndef activation(x):\n  return x",
  "wrong shape": "def activation(x):\n  return jnp.sum(x)",
}
_ADMISSION = Admission()
_REPEATS = 5


def run(programs: list[Program], num_workers: int = 2) -> list[Probe]:
  """Times the workers, prints it, and returns the probes that succeeded."""
  start = time.perf_counter()
  prepare = [(SEARCH_FITNESS, 0, FULL)]
  fitnesses = {SEARCH_FITNESS: LabFitness()}
  with WorkerPool(fitnesses, num_workers, prepare=prepare) as pool:
    ready = time.perf_counter() - start
    invalid = {
      name: [_seconds_to_invalid(pool, source) for _ in range(_REPEATS)]
      for name, source in INVALID.items()
    }
    alone = []
    probes = []
    for program in programs:
      begun = time.perf_counter()
      probe = pool.call(ProbeJob(program, _ADMISSION))
      alone.append(time.perf_counter() - begun)
      if isinstance(probe, Probe):
        probes.append(probe)
    together = _seconds_together(pool, programs)
  rows = [
    ("fork server, with the lab's data", _ms([ready])),
    ("start and probe, one at a time", _ms(alone)),
    (f"start and probe, {num_workers} at a time", _ms([together])),
    *((f"invalid: {name}", _ms(times)) for name, times in invalid.items()),
  ]
  print_table(
    f"Workers, {len(programs)} programs: ms", ("what", "median"), rows
  )
  return probes


def _seconds_to_invalid(pool: WorkerPool, source: str) -> float:
  """From handing over an invalid candidate to its status."""
  start = time.perf_counter()
  report = pool.call(ProbeJob(Program(source), _ADMISSION))
  assert isinstance(report, Report) and report.status is Status.INVALID
  return time.perf_counter() - start


def _seconds_together(pool: WorkerPool, programs: list[Program]) -> float:
  """Seconds for each program with all workers busy."""
  start = time.perf_counter()
  for program in programs:
    pool.submit(ProbeJob(program, _ADMISSION))
  while pool.num_open:
    pool.wait()
  return (time.perf_counter() - start) / len(programs)


def _ms(seconds: list[float]) -> str:
  return f"{1e3 * statistics.median(seconds):.1f}"
