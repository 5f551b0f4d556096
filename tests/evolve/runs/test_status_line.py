"""The status line of a search, by a clock that the tests move."""

import pytest

from evolve.runs import status_line
from evolve.runs.status_line import StatusLine
from evolve.search.config import SearchConfig
from harness.core.fitness import Fidelity, Report, Status


def _ok(*by_seed: float) -> Report:
  return Report(Status.OK, "", {"a": by_seed}, {"a": 1.0}, {"a": 0.1})


def test_it_has_no_empty_field_and_promises_nothing(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  now = 100.0
  monkeypatch.setattr(status_line.time, "monotonic", lambda: now)
  config = SearchConfig(
    seed=0, evaluations=12, full=Fidelity(9, 3), screen=Fidelity(3, 1)
  )
  line = StatusLine(config, "lab@1")
  assert line.text() == "searching on lab@1: 0 of 12 candidates"
  line.count(_ok(0.5, 0.5), is_new=False)  # Of the run before a resume.
  assert (
    line.text() == "searching on lab@1: 1 of 12 candidates, best 0.500, OK 1"
  )
  now += 30
  line.count(_ok(0.97, 0.98, 0.99), is_new=True)
  line.count(Report(Status.INVALID, ""), is_new=True)
  assert line.text() == (
    "searching on lab@1: 3 of 12 candidates, 4.0/min, best 0.980 (0.955 to "
    "1.000), OK 2, INVALID 1, about 2:15 left"
  )
  now += 30  # Nothing moves.
  assert line.text().endswith("about 4:30 left")
