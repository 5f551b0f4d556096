"""Printed output on and off a terminal."""

import sys

import pytest

from harness.core import console


def test_a_table_off_a_terminal_is_plain_lines(
  capsys: pytest.CaptureFixture[str],
) -> None:
  wide = "x" * 120  # No line is folded, and brackets are no markup.
  console.print_table("[title]", ("name", "value"), [(wide, "1"), ("b", "[2]")])
  lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
  assert lines == [
    "[title]",
    f"{'name':120}  value",
    f"{wide}      1",
    f"{'b':120}    [2]",
  ]


def test_progress_off_a_terminal_is_a_line_every_ten_seconds(
  capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
  now = 0.0
  monkeypatch.setattr(console.time, "monotonic", lambda: now)
  with console.Progress() as progress:
    for count in range(30):
      progress.show(f"{count} of 30")
      now += 1.0
  assert capsys.readouterr().out == "11 of 30\n22 of 30\n"


def test_progress_on_a_terminal_is_one_line_that_changes(
  capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setenv("TERM", "xterm")
  monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
  with console.Progress() as progress:
    for count in range(3):
      progress.show(f"{count} of 3")
  out = capsys.readouterr().out
  assert out.count("2 of 3") >= 1
  assert out.count("\n") == 1
