"""Printed output of a run: lines, prose and progress.

Off a terminal all of it is plain lines, and prose is as wide as 80 columns.
"""

import logging
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from harness.core.durations import clock

_PLAIN_WIDTH = 80
_PLAIN_INTERVAL = 10.0  # Seconds between two lines of progress.


def make_console() -> Console:
  """A console on standard output."""
  if sys.stdout.isatty():
    return Console()
  return Console(width=_PLAIN_WIDTH, highlight=False, no_color=True)


def width() -> int:
  """Columns for tables and prose: a terminal's, but never fewer than 80."""
  return max(_PLAIN_WIDTH, make_console().width)


def say(line: str) -> None:
  """Prints one line as it is: a result, code, or a command to copy."""
  print(line, flush=True)


def say_prose(text: str) -> None:
  """Prints sentences, wrapped between words; what goes on is indented."""
  say(wrapped(text))


def wrapped(text: str, indent: str = "") -> str:
  """Sentences wrapped between words; a word too long sticks out.

  Args:
    text: one paragraph.
    indent: of its first line; the others have two columns more.
  """
  return textwrap.fill(
    text,
    width(),
    initial_indent=indent,
    subsequent_indent=f"{indent}  ",
    break_long_words=False,
    break_on_hyphens=False,
  )


class Warnings(logging.Handler):
  """Prints the warnings of a log, each on a line above the live one."""

  def filter(self, record: logging.LogRecord) -> bool:
    return record.levelno == logging.WARNING

  def emit(self, record: logging.LogRecord) -> None:
    # In one piece: other threads print, too.
    sys.stdout.write(f"{wrapped(record.getMessage())}\n")
    sys.stdout.flush()


class Progress:
  """The live status line of a long run; off a terminal, a line now and then.

  It ends with the time gone, which goes on while nothing else happens.
  """

  def __init__(self) -> None:
    self._start = time.monotonic()
    self._describe: Callable[[], str] = str
    console = make_console()
    self._live = (
      Live(
        console=console,
        get_renderable=lambda: Text(self._line()),
        refresh_per_second=4,
      )
      if console.is_terminal
      else None
    )
    self._ended = threading.Event()
    self._printer = threading.Thread(target=self._print, daemon=True)

  def __enter__(self) -> "Progress":
    if self._live:
      self._live.start()
    else:
      self._printer.start()
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    if self._live:
      self._live.stop()
    else:
      self._ended.set()
      self._printer.join()

  def show(self, line: str | Callable[[], str]) -> None:
    """Replaces the line.

    Args:
      line: the words, or a function that another thread may call for them as
        often as it likes.
    """
    self._describe = line if callable(line) else lambda: line

  def _line(self) -> str:
    words = self._describe()
    seconds = time.monotonic() - self._start
    return f"{words}, {clock(seconds)} gone" if words else ""

  def _print(self) -> None:
    """Prints a line every ten seconds."""
    while not self._ended.wait(_PLAIN_INTERVAL):
      if line := self._line():
        try:
          say(line)
        except OSError:  # The main thread will meet it, and say so.
          return
