"""The status line of evaluations, by a clock that the tests move."""

import pytest

from evolve.runs import evaluation_line
from evolve.runs.evaluation_line import EvaluationLine
from harness.core.fitness import Report, Status


def test_it_says_what_is_in_work_and_what_has_failed(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  now = 100.0
  monkeypatch.setattr(evaluation_line.time, "monotonic", lambda: now)
  line = EvaluationLine("scoring", ["relu", "gelu", "best", "sin"], 2)
  assert line.text() == "scoring relu, gelu: 0 of 4 done"
  now += 10
  line.end(1, Report(Status.OK, ""))
  assert line.text() == "scoring relu, best: 1 of 4 done, about 0:30 left"
  now += 10  # Nothing moves.
  assert line.text() == "scoring relu, best: 1 of 4 done, about 1:00 left"
  line.end(2, Report(Status.INVALID, ""))
  line.end(0, Report(Status.OK, ""))
  assert line.text() == ("scoring sin: 3 of 4 done, 1 failed, about 0:06 left")
