"""The status line of a run, by a clock that the tests move."""

from collections.abc import Callable

import pytest

from harness.core.trainings import status_line
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.status_line import StatusLine, TrainingProgress

TOTAL = 1000  # Steps of a group.
FIRST = SeedGroup("bfs", "relu", (0, 4))
SECOND = SeedGroup("bfs", "runs/first/best.py", (1,))
GROUPS = (SeedGroup("bfs", "relu", (5,)), FIRST, SECOND)
Wait = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
  now = [1000.0]
  monkeypatch.setattr(status_line.time, "monotonic", lambda: now[0])

  def wait(seconds: float) -> None:
    now[0] += seconds

  return wait


class Line:
  """A line of a run of three groups, the first of which is done."""

  def __init__(self) -> None:
    self._shown: Callable[[], str] = str
    self.line = StatusLine(
      GROUPS,
      2,
      TOTAL,
      lambda progress: f"step {progress.step}",
      lambda rate, num_seeds: f"{rate * num_seeds:g}/s",
      self._show,
    )
    self.first = self.line.begin(FIRST)

  def _show(self, text: Callable[[], str]) -> None:
    self._shown = text

  @property
  def text(self) -> str:
    return self._shown()

  def step(self, step: int) -> str:
    """Takes in a step of the first group; returns the line."""
    self.first.show(TrainingProgress(step, 0.5, None))
    return self.text


def test_stages_before_the_first_step_have_their_seconds(wait: Wait) -> None:
  line = Line()
  line.first.stage("drawing the first batches")
  wait(2.0)
  assert line.text == (
    "2 of 3: bfs, relu, seed 0,4: drawing the first batches for 0:02"
  )
  line.first.stage("compiling")
  wait(75.0)
  assert line.text == "2 of 3: bfs, relu, seed 0,4: compiling for 1:15"
  assert line.step(1) == "2 of 3: bfs, relu, seed 0,4: step 1"


def test_a_pace_needs_two_steps(wait: Wait) -> None:
  line = Line()
  assert line.step(10) == "2 of 3: bfs, relu, seed 0,4: step 10"
  wait(4.0)
  # Five steps a second: 970 are left here, and another group of 1000.
  assert line.step(30) == (
    "2 of 3: bfs, relu, seed 0,4: step 30, 10/s, about 6:34 left"
  )


def test_the_time_left_grows_while_nothing_moves(wait: Wait) -> None:
  line = Line()
  line.step(10)
  wait(4.0)
  line.step(30)
  wait(4.0)
  assert line.text.endswith(": step 30, 5/s, about 13:08 left")


def test_a_pace_forgets_steps_that_are_a_minute_old(wait: Wait) -> None:
  line = Line()
  line.step(0)  # Then it compiles.
  wait(50.0)
  line.step(1)
  wait(20.0)
  assert ", 10/s, " in line.step(101)


def test_each_group_has_its_own_pace_and_files_their_stem(wait: Wait) -> None:
  line = Line()
  line.step(0)
  wait(2.0)
  line.line.end(line.first, [])
  line.first = line.line.begin(SECOND)
  assert line.text == "3 of 3: bfs, best, seed 1: compiling for 0:00"
  assert line.step(0) == "3 of 3: bfs, best, seed 1: step 0"
  wait(2.0)
  assert line.step(2) == (
    "3 of 3: bfs, best, seed 1: step 2, 1/s, about 16:38 left"
  )


def test_groups_at_work_at_the_same_time_share_the_line(wait: Wait) -> None:
  line = Line()
  second = line.line.begin(SECOND)
  line.step(0)
  wait(10.0)
  assert line.step(100) == (
    "2, 3 of 3: bfs, relu, seed 0,4: step 100; "
    # 900 and 1,000 are left, and the second is thought to be as fast.
    "bfs, best, seed 1: compiling for 0:10, 20/s, about 1:35 left"
  )
  second.show(TrainingProgress(0, 0.5, None))
  wait(10.0)
  second.show(TrainingProgress(50, 0.5, None))
  assert line.text == (
    "2, 3 of 3: bfs, relu, seed 0,4: step 100; bfs, best, seed 1: step 50, "
    "20/s, about 3:05 left"
  )
  line.line.end(line.first, [])
  assert line.text == (
    "3 of 3: bfs, best, seed 1: step 50, 5/s, about 3:10 left"
  )


def test_it_takes_in_four_steps_a_second_and_the_last(wait: Wait) -> None:
  line = Line()
  seen = []
  for step in range(1, 5):
    seen.append(line.step(step).split(": ")[-1].split(",")[0])
    wait(0.125)
  assert seen == ["step 1", "step 1", "step 3", "step 3"]
  line.step(TOTAL - 1)
  assert line.step(TOTAL).endswith(f": step {TOTAL}, testing for 0:00")
  wait(12.0)
  assert line.text.endswith(f": step {TOTAL}, testing for 0:12")


def test_seeds_that_diverged_are_counted(wait: Wait) -> None:
  line = Line()
  line.line.end(line.first, [{"diverged_step": 17}, {"diverged_step": None}])
  line.first = line.line.begin(SECOND)
  assert line.step(1).endswith(": step 1, 1 diverged")
