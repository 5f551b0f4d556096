"""Rates of a training, by a clock that the tests move."""

import math
from collections.abc import Callable

import pytest

from harness.core import pace
from harness.core.pace import Pace, clock


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
  now = [1000.0]
  monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])

  def wait(seconds: float) -> None:
    now[0] += seconds

  return wait


def test_a_rate_needs_two_steps(wait: Callable[[float], None]) -> None:
  steps = Pace()
  steps.note(10)
  assert steps.steps_per_second() is None
  wait(4.0)
  steps.note(30)
  assert steps.steps_per_second() == 5.0


def test_a_rate_forgets_what_is_a_minute_old(
  wait: Callable[[float], None],
) -> None:
  steps = Pace()
  steps.note(0)  # Then it compiles.
  wait(50.0)
  steps.note(1)
  wait(20.0)
  steps.note(101)
  assert steps.steps_per_second() == 5.0


def test_another_training_has_its_own_rate(
  wait: Callable[[float], None],
) -> None:
  steps = Pace()
  assert steps.since() == math.inf
  steps.note(0)
  wait(2.0)
  assert steps.since() == 2.0
  steps.restart()
  assert steps.since() == math.inf
  steps.note(0)
  assert steps.steps_per_second() is None


@pytest.mark.parametrize(
  ("seconds", "shown"),
  [(0.9, "0:00:00"), (59.0, "0:00:59"), (3725.5, "1:02:05")],
)
def test_hours_minutes_seconds(seconds: float, shown: str) -> None:
  assert clock(seconds) == shown
