"""Jobs, and the results of answers, whatever they hold."""

import math
from typing import Any

import jax.numpy as jnp
import pytest

from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.cascade import Cascade, Entry, Rung
from evolve.workers.jobs import Answer, EvaluateJob, ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity, Report, Status
from tests.evolve.fitnesses import RandomFeatures

FULL, SCREEN = Fidelity(24, 2), Fidelity(8, 1)
TANH = Program("def activation(x):\n  return jnp.tanh(x)\n")
NAN = Program("def activation(x):\n  return x * jnp.nan\n")


def _rungs(*fidelities: Fidelity, seed: int = 0) -> Cascade:
  return Cascade(tuple(Rung(str(f), "small", seed, f) for f in fidelities))


def _screened(
  pool: WorkerPool, program: Program, threshold: float | None
) -> list[Report]:
  cascade = _rungs(SCREEN, FULL)
  return pool.call(EvaluateJob(program, cascade, Entry(0, (threshold,))))


def test_reports_equal_those_of_the_fitness(pool: WorkerPool) -> None:
  (direct,) = RandomFeatures().evaluate([jnp.tanh], 7, FULL)
  (report,) = pool.call(EvaluateJob(TANH, _rungs(FULL, seed=7)))
  # Threads differ from those of a worker, and so do the last bits.
  assert report.scores == pytest.approx(direct.scores, rel=1e-5)
  assert report.ood_loss == pytest.approx(direct.ood_loss, rel=1e-5)
  assert report.seconds > 0


def test_a_threshold_stops_what_is_below_it(pool: WorkerPool) -> None:
  screen, full = _screened(pool, TANH, None)
  assert screen.value is not None and screen.value != full.value
  passed = _screened(pool, TANH, screen.value)
  assert [r.value for r in passed] == [screen.value, full.value]
  (stopped,) = _screened(pool, TANH, math.nextafter(screen.value, 2.0))
  assert (stopped.status, stopped.value) == (Status.OK, screen.value)


def test_later_rungs_may_be_the_first(pool: WorkerPool) -> None:
  cascade = _rungs(SCREEN, FULL, SCREEN)
  reports = pool.call(EvaluateJob(TANH, cascade, Entry(1)))
  expected = [r.value for r in _screened(pool, TANH, None)]
  assert [r.value for r in reports] == expected[::-1]


def test_a_rung_that_repeats_the_one_before_costs_nothing() -> None:
  calls: list[Fidelity] = []

  class Counted(RandomFeatures):
    def evaluate(self, *arguments: Any) -> list[Report]:
      calls.append(arguments[-1])
      return super().evaluate(*arguments)

  cascade = _rungs(FULL, FULL)
  ((one, other),) = cascade.run({"small": Counted()}, [jnp.tanh], [Entry()])
  assert (one, calls) == (other, [FULL])
  ((alone,),) = cascade.run({"small": Counted()}, [jnp.tanh], [Entry(1)])
  assert (alone.value, calls) == (one.value, [FULL, FULL])


def test_what_diverges_is_not_trained_further(pool: WorkerPool) -> None:
  (report,) = _screened(pool, NAN, None)
  assert report.status is Status.DIVERGED
  assert report.value is None


GOOD = Report(
  Status.OK,
  "fine",
  scores_by_seed={"a": (0.5, 1.0), "b": (0.25, 0.0)},
  id_scores={"a": 1.0},
  id_loss={"a": math.inf},
  ood_loss={"a": 2.0},
).to_json()


def _answer(body: dict[str, Any]) -> Answer:
  return Answer(Status(body.get("status", "OK")), "why", 1.5, body)


def _report(body: dict[str, Any]) -> Report:
  (report,) = EvaluateJob(TANH, _rungs(FULL)).result(_answer(body))
  return report


def _probe(body: dict[str, Any]) -> Probe | Report:
  return ProbeJob(TANH, Admission()).result(_answer(body))


def test_a_whole_report_is_taken() -> None:
  report = _report({"reports": [GOOD]})
  assert (report.status, report.value) == (Status.OK, 0.4375)
  assert report.seconds == 1.5
  assert math.isnan(report.id_loss["a"])


@pytest.mark.parametrize(
  "report",
  [
    [],
    "OK",
    5,
    {},
    {"status": "OK"},
    GOOD | {"status": "GREAT"},
    GOOD | {"status": None},
    GOOD | {"scores_by_seed": None},
    GOOD | {"scores_by_seed": [1.0]},
    GOOD | {"scores_by_seed": {"a": 1.0}},
    GOOD | {"id_loss": 5},
    GOOD | {"surprise": 1},
    GOOD | {"screen_value": "x"},
    GOOD | {"scores_by_seed": {}},
    GOOD | {"scores_by_seed": {"a": []}},
    GOOD | {"scores_by_seed": {"a": ["x"]}},
    GOOD | {"scores_by_seed": {"a": [[0.5]]}},
    GOOD | {"scores_by_seed": {"a": [2.0]}},
    GOOD | {"scores_by_seed": {"a": [math.nan]}},
    GOOD | {"scores_by_seed": {"a": [0.5], "b": [0.5, 0.5]}},
  ],
)
def test_garbage_for_a_report_is_a_crash(report: Any) -> None:
  found = _report({"reports": [report]})
  assert found.status is Status.CRASHED
  assert found.feedback.startswith("sends garbage")
  assert found.value is None


@pytest.mark.parametrize("reports", [5, [], {}, [GOOD, GOOD]])
def test_another_number_of_reports_is_a_crash(reports: Any) -> None:
  found = _report({"reports": reports})
  assert found.status is Status.CRASHED
  assert found.feedback.startswith("sends garbage")


@pytest.mark.parametrize("body", [{}, {"probe": None}, {"probe": {}}])
def test_garbage_for_a_probe_is_a_crash(body: dict[str, Any]) -> None:
  found = _probe(body)
  assert isinstance(found, Report)
  assert found.status is Status.CRASHED
  assert found.feedback.startswith("sends garbage")


def test_an_answer_without_a_report_says_why() -> None:
  found = _report({"status": "TIMEOUT"})
  assert (found.status, found.feedback) == (Status.TIMEOUT, "why")
  probed = _probe({"status": "INVALID"})
  assert not isinstance(probed, Probe)
  assert (probed.status, probed.feedback) == (Status.INVALID, "why")
