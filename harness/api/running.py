"""Evaluations for `evaluate`: in this process, and in confined ones."""

import math
from collections.abc import Iterator, Mapping, Sequence

import jax

from evolve.admission.admission import Admission, RejectedError
from evolve.admission.probe import Probe, probe
from evolve.cost import Budget
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.workers.cascade import Cascade
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core.fitness import (
  Activation,
  Fidelity,
  Fitness,
  Report,
  Status,
  failure,
)

# A function runs at the caller's cost: it is measured, and never refused.
_UNLIMITED = Admission(Budget(math.inf, math.inf))
_FITNESS = "evaluate"

# The index of an activation, its probe if it succeeded, and its report.
Result = tuple[int, Probe | None, Report]


def in_workers(
  programs: Mapping[int, Program],
  fitness: Fitness,
  seed: int,
  fidelity: Fidelity,
  num_workers: int,
) -> Iterator[Result]:
  """Evaluates programs, by their indices, in confined processes."""
  cascade = Cascade.single(_FITNESS, seed, fidelity)
  prepare = [(_FITNESS, seed, fidelity)]
  with WorkerPool({_FITNESS: fitness}, num_workers, prepare=prepare) as pool:
    indices, texts = list(programs), list(programs.values())
    ended = evaluate_all(pool, texts, cascade, Admission())
    for place, found, (report,) in ended:
      yield indices[place], found, report


def admitted_here(
  programs: Mapping[int, Program],
  fitness: Fitness,
  seed: int,
  fidelity: Fidelity,
) -> Iterator[Result]:
  """Evaluates programs here, once a confined process has probed them."""
  with WorkerPool({}, num_workers=1) as pool:
    probes = {
      index: pool.call(ProbeJob(program, Admission()))
      for index, program in programs.items()
    }
  for index, found in probes.items():
    if isinstance(found, Report):
      yield index, None, found
    else:
      activation = programs[index].activation()
      yield index, found, _report(activation, fitness, seed, fidelity)


def here(
  functions: Mapping[int, Activation],
  fitness: Fitness,
  seed: int,
  fidelity: Fidelity,
) -> Iterator[Result]:
  """Evaluates functions, by their indices, in this process."""
  for index, activation in functions.items():
    found = None
    try:
      found = probe(activation, _UNLIMITED)
    except RejectedError as error:
      if error.status is not Status.OVER_BUDGET:
        yield index, None, Report(error.status, str(error))
        continue
    except Exception as error:  # A function may raise anything.
      yield index, None, failure(error)
      continue
    yield index, found, _report(activation, fitness, seed, fidelity)


def _report(
  activation: Activation, fitness: Fitness, seed: int, fidelity: Fidelity
) -> Report:
  with jax.enable_x64(False):  # As in the workers, whatever the caller chose.
    reports: Sequence[Report] = fitness.evaluate([activation], seed, fidelity)
  (report,) = reports
  return report
