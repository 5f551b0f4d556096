import dataclasses
import json
import math

import numpy as np
import pytest
from scipy import stats

from harness.core.fitness import SCORES, Fidelity, Report, Status, mean_ci95

OK_REPORT = Report(
  Status.OK,
  "polynomials: OOD skill 0.4",
  scores_by_seed={"a": (0.2, 0.4, 0.9), "b": (0.6, 0.0, 0.3)},
  id_scores={"a": 0.9, "b": 0.8},
  id_loss={"a": 0.1, "b": math.nan},
  ood_loss={"a": math.inf, "b": 2.0},
  screen_value=0.3,
  seconds=1.5,
)


@pytest.mark.parametrize(("steps", "num_seeds"), [(1, 0), (-1, 1)])
def test_a_fidelity_needs_steps_and_seeds(steps: int, num_seeds: int) -> None:
  with pytest.raises(
    ValueError, match=f"not {steps} steps x {num_seeds} seeds"
  ):
    Fidelity(steps, num_seeds)


def test_the_least_fidelity() -> None:
  assert str(Fidelity(1, 1)) == "1 steps x 1 seeds"
  assert str(Fidelity(0, 2)) == "2 seeds"  # Of an objective without steps.


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_sentence(status: Status) -> None:
  assert status.value == status.name
  assert status.sentence[0].isupper()
  assert status.sentence.endswith(".")


def test_the_value_averages_tasks_and_seeds() -> None:
  assert OK_REPORT.scores == pytest.approx({"a": 0.5, "b": 0.3})
  assert OK_REPORT.value_by_seed == pytest.approx((0.4, 0.2, 0.6))
  assert OK_REPORT.value == pytest.approx(0.4)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.OK}))
def test_a_failure_has_no_value(status: Status) -> None:
  report = dataclasses.replace(OK_REPORT, status=status)
  assert report.value is None
  assert report.value_ci95 is None
  assert report.value_by_seed == ()
  assert report.to_json()["value"] is None


def test_the_interval_is_that_of_students_t() -> None:
  samples = (0.4, 0.35, 0.45)
  expected = stats.t.interval(
    0.95, df=2, loc=np.mean(samples), scale=stats.sem(samples)
  )
  assert mean_ci95(samples) == pytest.approx(expected, rel=1e-9)


def test_the_interval_is_cut_at_the_bounds() -> None:
  samples = (0.97, 0.98, 0.99)  # The standard error is 0.01 / sqrt(3).
  half = stats.t.ppf(0.975, 2) * 0.01 / math.sqrt(3)
  assert mean_ci95(samples) == pytest.approx((0.98 - half, 0.98 + half))
  assert mean_ci95(samples, SCORES) == pytest.approx((0.98 - half, 1.0))
  low = [1 - sample for sample in samples]
  assert mean_ci95(low, SCORES) == pytest.approx((0.0, 0.02 + half))
  assert OK_REPORT.value_by_seed == pytest.approx((0.4, 0.2, 0.6))
  high = 0.4 + stats.t.ppf(0.975, 2) * 0.2 / math.sqrt(3)
  assert OK_REPORT.value_ci95 == pytest.approx((0.0, high))


@pytest.mark.parametrize("samples", [(), (0.5,), (0.0, 1.0)])
def test_no_interval_for_fewer_than_three(samples: tuple[float, ...]) -> None:
  assert mean_ci95(samples) is None


def test_json_round_trip() -> None:
  record = json.loads(json.dumps(OK_REPORT.to_json(), allow_nan=False))
  assert record["value"] == pytest.approx(0.4)
  assert record["ood_loss"] == {"a": None, "b": 2.0}
  read = Report.from_json(record)
  assert math.isnan(read.ood_loss["a"])
  assert math.isnan(read.id_loss["b"])
  assert (
    dataclasses.replace(
      read, id_loss=OK_REPORT.id_loss, ood_loss=OK_REPORT.ood_loss
    )
    == OK_REPORT
  )


def test_json_round_trip_of_a_failure() -> None:
  report = Report(Status.DUPLICATE, "the same function as x", same_as="x")
  assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
