"""Printed lines of checks, and their number."""

import pytest

from harness.core.check_lines import CheckLines
from harness.core.errors import UserError


def test_a_line_for_each_check(capsys: pytest.CaptureFixture[str]) -> None:
  lines = CheckLines()
  lines.say("one", "is odd", [])
  lines.end()
  lines.say("two", "is odd", iter(["it is even", "it is 2"]))
  with pytest.raises(UserError, match=r"^1 of 2 checks failed$"):
    lines.end()
  assert capsys.readouterr().out.splitlines() == [
    "ok   one: is odd",
    "all 1 checks passed",
    "FAIL two: is odd: it is even; it is 2",
  ]
