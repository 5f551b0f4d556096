"""Printed output on and off a terminal."""

import itertools
import os
import sys
import time

import pytest

from harness.core import console

PROSE = "Some words, and a path that is not to be broken: " + "x/" * 40


def _use_terminal(monkeypatch: pytest.MonkeyPatch, columns: int = 80) -> None:
  """Makes a terminal of standard output; not before the test itself."""
  monkeypatch.setenv("TERM", "xterm")
  monkeypatch.setenv("COLUMNS", str(columns))
  monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_prose_wraps_between_words(capsys: pytest.CaptureFixture[str]) -> None:
  console.say_prose(PROSE)
  console.say(PROSE)
  assert capsys.readouterr().out.splitlines() == [
    "Some words, and a path that is not to be broken:",
    "  " + "x/" * 40,
    PROSE,
  ]


@pytest.mark.parametrize(("columns", "width"), [(60, 80), (132, 132)])
def test_a_wide_terminal_is_used(
  columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
  _use_terminal(monkeypatch, columns)
  assert console.width() == width


def test_the_width_off_a_terminal_is_80(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setenv("COLUMNS", "132")
  assert console.width() == 80


def test_progress_off_a_terminal_is_a_line_now_and_then(
  capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
  """While nothing happens, too."""
  monkeypatch.setattr(console, "_PLAIN_INTERVAL", 0.01)
  lines: list[str] = []
  with console.Progress() as progress:
    time.sleep(0.05)  # Nothing to be shown.
    progress.show("drawing")
    while "drawing" not in "".join(lines):
      lines.append(capsys.readouterr().out)
    progress.show(map(str, itertools.count()).__next__)
    while "9, 0:0" not in "".join(lines):
      lines.append(capsys.readouterr().out)
  shown = ("".join(lines) + capsys.readouterr().out).splitlines()
  assert shown[0] == "drawing, 0:00 gone"
  counted = [line.partition(",")[0] for line in shown]
  counted = [number for number in counted if number != "drawing"]
  assert len(set(counted)) == len(counted) > 1
  time.sleep(0.05)
  assert capsys.readouterr().out == ""


def test_progress_ends_quietly_where_nobody_reads_it(
  monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
  monkeypatch.setattr(console, "_PLAIN_INTERVAL", 0.01)
  read, write = os.pipe()
  os.close(read)
  with os.fdopen(write, "w") as closed:
    with monkeypatch.context() as patched, console.Progress() as progress:
      patched.setattr(sys, "stdout", closed)
      progress.show("drawing")
      progress._printer.join(timeout=10)
      assert not progress._printer.is_alive()
    with pytest.raises(BrokenPipeError):
      closed.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), write)
  assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_one_line_that_changes(
  capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
  _use_terminal(monkeypatch)
  with console.Progress() as progress:
    for count in range(3):
      progress.show(f"{count} of 3")
  out = capsys.readouterr().out
  assert out.count("2 of 3, 0:00 gone") >= 1
  assert out.count("\n") == 1
