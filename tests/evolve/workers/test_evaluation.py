"""How answers of workers become reports, whatever they hold."""

import math
from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import pytest

from evolve.admission.probe import Admission, Probe
from evolve.program import Program
from evolve.workers.cascade import Cascade, Entry
from evolve.workers.evaluation import (
  evaluate_all,
  evaluate_job,
  probe_of,
  report_of,
)
from evolve.workers.pool import Answer, WorkerPool
from harness.core.fitness import Fidelity, Report, Status
from tests.evolve.fitnesses import RandomFeatures

FULL, SCREEN = Fidelity(24, 2), Fidelity(8, 1)
TANH = Program("def activation(x):\n  return jnp.tanh(x)\n")
NAN = Program("def activation(x):\n  return x * jnp.nan\n")
BROKEN = Program("def activation(x)\n")
INTEGERS = Program("def activation(x):\n  return x.astype(jnp.int32)\n")


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
  with WorkerPool({"small": RandomFeatures()}, 2) as workers:
    yield workers


def _one(pool: WorkerPool, program: Program, cascade: Cascade) -> Report:
  ((_, _, report),) = evaluate_all(pool, [(program, cascade)], Admission())
  return report


def _screened(
  pool: WorkerPool, program: Program, threshold: float | None
) -> Report:
  cascade = Cascade("small", 0, FULL, SCREEN)
  job = evaluate_job(program, cascade, Entry(True, threshold))
  return report_of(pool.call(job))


def test_every_program_gets_its_own_report(pool: WorkerPool) -> None:
  cascade = Cascade("small", 0, FULL)
  programs = [TANH, BROKEN, NAN, INTEGERS, TANH]
  work = [(program, cascade) for program in programs]
  ended = {i: (p, r) for i, p, r in evaluate_all(pool, work, Admission())}
  assert [ended[i][1].status for i in range(5)] == [
    Status.OK,
    Status.INVALID,
    Status.DIVERGED,
    Status.INVALID,
    Status.OK,
  ]
  assert [ended[i][0] is not None for i in range(5)] == [
    True, False, True, False, True,
  ]  # fmt: skip
  assert ended[0][1].scores_by_seed == ended[4][1].scores_by_seed
  assert ended[2][1].value is None


def test_reports_equal_those_of_the_fitness(pool: WorkerPool) -> None:
  (direct,) = RandomFeatures().evaluate([jnp.tanh], 7, FULL)
  report = _one(pool, TANH, Cascade("small", 7, FULL))
  # Threads differ from those of a worker, and so do the last bits.
  assert report.scores == pytest.approx(direct.scores, rel=1e-6)
  assert report.ood_loss == pytest.approx(direct.ood_loss, rel=1e-6)
  assert report.seconds > 0


def test_the_screen_comes_first(pool: WorkerPool) -> None:
  screen = _one(pool, TANH, Cascade("small", 0, SCREEN)).value
  full = _one(pool, TANH, Cascade("small", 0, FULL)).value
  assert screen is not None and full is not None and screen != full
  passed = _screened(pool, TANH, screen)
  assert (passed.status, passed.value) == (Status.OK, full)
  assert passed.screen_value == screen
  above = math.nextafter(screen, 2.0)
  stopped = _screened(pool, TANH, above)
  assert (stopped.status, stopped.value) == (Status.SCREENED, None)
  assert stopped.screen_value == screen
  free = _screened(pool, TANH, None)
  assert (free.status, free.value) == (Status.OK, full)


def test_what_diverges_in_the_screen_is_not_trained(pool: WorkerPool) -> None:
  report = _screened(pool, NAN, 0.5)
  assert report.status is Status.DIVERGED
  assert report.value is report.screen_value is None


GOOD = Report(
  Status.OK,
  "fine",
  scores_by_seed={"a": (0.5, 1.0), "b": (0.25, 0.0)},
  id_scores={"a": 1.0},
  id_loss={"a": math.inf},
  ood_loss={"a": 2.0},
).to_json()


def _answer(body: dict[str, Any]) -> Answer:
  return Answer(0, Status(body.get("status", "OK")), "why", body, 1.5)


def test_a_whole_report_is_taken() -> None:
  report = report_of(_answer({"report": GOOD}))
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
  found = report_of(_answer({"report": report}))
  assert found.status is Status.CRASHED
  assert found.feedback.startswith("sends garbage")
  assert found.value is None


@pytest.mark.parametrize("body", [{}, {"probe": None}, {"probe": {}}])
def test_garbage_for_a_probe_is_a_crash(body: dict[str, Any]) -> None:
  found = probe_of(_answer(body))
  assert isinstance(found, Report)
  assert found.status is Status.CRASHED
  assert found.feedback.startswith("sends garbage")


def test_an_answer_without_a_report_says_why() -> None:
  found = report_of(_answer({"status": "TIMEOUT"}))
  assert (found.status, found.feedback) == (Status.TIMEOUT, "why")
  probed = probe_of(_answer({"status": "INVALID"}))
  assert not isinstance(probed, Probe)
  assert (probed.status, probed.feedback) == (Status.INVALID, "why")
