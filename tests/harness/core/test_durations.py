"""Times in words."""

import pytest

from harness.core.durations import clock, time_left


@pytest.mark.parametrize(
  ("seconds", "words"),
  [(0.9, "0:00"), (61, "1:01"), (3599, "59:59"), (3666, "1:01:06")],
)
def test_a_clock_has_hours_only_if_there_are_any(
  seconds: float, words: str
) -> None:
  assert clock(seconds) == words


def test_the_time_left_grows_while_nothing_gets_done() -> None:
  assert time_left(3, 6, 30.0) == ", about 1:00 left"
  assert time_left(3, 6, 60.0) == ", about 2:00 left"


def test_there_is_no_estimate_without_a_base_for_it() -> None:
  assert time_left(0, 6, 30.0) == ""
  assert time_left(6, 0, 30.0) == ""
