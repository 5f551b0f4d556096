import dataclasses
import json
import math

import numpy as np
import pytest
from scipy import stats

from harness.core.fitness import Fidelity, Report, Status

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


def test_fixed_tasks_have_an_interval_over_seeds() -> None:
  high = 0.4 + stats.t.ppf(0.975, 2) * 0.2 / math.sqrt(3)
  assert OK_REPORT.value_ci95 == pytest.approx((0.0, high))  # Cut at 0.
  two = {task: s[:2] for task, s in OK_REPORT.scores_by_seed.items()}
  report = dataclasses.replace(OK_REPORT, scores_by_seed=two)
  assert report.value == pytest.approx(0.3)
  assert report.value_ci95 is None


def test_drawn_tasks_have_an_interval_over_tasks() -> None:
  """Even of a single seed."""
  scores = {"a": (0.2,), "b": (0.6,), "c": (0.5,), "d": (0.7,)}
  report = dataclasses.replace(
    OK_REPORT, scores_by_seed=scores, families=dict.fromkeys(scores, "one")
  )
  values = [0.2, 0.6, 0.5, 0.7]
  expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
  assert report.value_ci95 == pytest.approx(expected)


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


def test_json_of_earlier_versions_has_no_families() -> None:
  record = OK_REPORT.to_json()
  del record["families"]
  assert Report.from_json(record).value_ci95 == OK_REPORT.value_ci95


def test_json_round_trip_of_a_failure() -> None:
  report = Report(Status.DUPLICATE, "the same function as x", same_as="x")
  assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_failure_after_the_screen_counts_as_0() -> None:
  screened, diverged = (
    Report(status, "", screen_value=0.4)
    for status in (Status.SCREENED, Status.DIVERGED)
  )
  assert (screened.value_or_screen, diverged.value_or_screen) == (0.4, 0.0)
