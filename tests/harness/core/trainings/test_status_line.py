"""The status line of a run, by a clock that the tests move."""

from collections.abc import Callable

import pytest

from harness.core.trainings import status_line
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import StatusLine, TrainingProgress

TOTAL = 1000  # Steps of a group.
FIRST, SECOND = SeedGroup("bfs", "relu", (0, 4)), SeedGroup("bfs", "elu", (1,))


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
  now = [1000.0]
  monkeypatch.setattr(status_line.time, "monotonic", lambda: now[0])

  def wait(seconds: float) -> None:
    now[0] += seconds

  return wait


class Line:
  """A line of a run of three groups, the first of which is done."""

  def __init__(self) -> None:
    self.shown: list[str] = []
    self.line = StatusLine(
      3,
      2,
      TOTAL,
      lambda progress: f"step {progress.step}",
      lambda rate, num_seeds: f"{rate * num_seeds:g}/s",
      self.shown.append,
    )
    self.line.begin(FIRST)

  def step(self, step: int) -> str:
    """Shows a step; returns the line."""
    self.line.show(TrainingProgress(step, 0.5, None))
    return self.shown[-1]


def test_a_pace_needs_two_steps(wait: Callable[[float], None]) -> None:
  line = Line()
  assert line.shown == ["2 of 3: bfs, relu, seed 0,4: compiling"]
  assert line.step(10) == "2 of 3: bfs, relu, seed 0,4: step 10"
  wait(4.0)
  # Five steps a second: 970 are left here, and another group of 1000.
  assert line.step(30) == (
    "2 of 3: bfs, relu, seed 0,4: step 30, 10/s, 0:06:34 left"
  )


def test_a_pace_forgets_steps_that_are_a_minute_old(
  wait: Callable[[float], None],
) -> None:
  line = Line()
  line.step(0)  # Then it compiles.
  wait(50.0)
  line.step(1)
  wait(20.0)
  assert ", 10/s, " in line.step(101)


def test_each_group_has_its_own_pace(wait: Callable[[float], None]) -> None:
  line = Line()
  line.step(0)
  wait(2.0)
  line.line.begin(SECOND)
  assert line.shown[-1] == "3 of 3: bfs, elu, seed 1: compiling"
  assert line.step(0) == "3 of 3: bfs, elu, seed 1: step 0"
  wait(2.0)
  assert line.step(2) == "3 of 3: bfs, elu, seed 1: step 2, 1/s, 0:16:38 left"


def test_it_is_shown_four_times_a_second_and_at_the_end(
  wait: Callable[[float], None],
) -> None:
  line = Line()
  for step in range(1, 5):
    line.step(step)
    wait(0.125)
  _, first, third = line.shown
  assert "step 1" in first and "step 3" in third
  line.step(TOTAL - 1)
  line.step(TOTAL)
  assert f"step {TOTAL}, " in line.shown[-1]


@pytest.mark.parametrize(
  ("seconds", "step", "clock"),
  [(0.25, 250, "0:00:00"), (1.0, 2, "0:08:19"), (4.0, 1, "1:06:36")],
)
def test_the_time_left_is_in_hours_minutes_and_seconds(
  seconds: float, step: int, clock: str, wait: Callable[[float], None]
) -> None:
  line = Line()
  line.line.begin(SECOND)
  line.step(0)
  wait(seconds)
  assert line.step(step).endswith(f" {clock} left")
