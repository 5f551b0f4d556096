"""Printed output of a run: tables and progress; plain lines off a terminal."""

import logging
import sys
import time
from collections.abc import Sequence
from types import TracebackType

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

# No line of a file or a pipe is folded at this width.
_PLAIN_WIDTH = 240
_PLAIN_INTERVAL = 10.0  # Seconds between two lines of progress.


def make_console() -> Console:
  """A console on standard output."""
  if sys.stdout.isatty():
    return Console()
  return Console(width=_PLAIN_WIDTH, highlight=False, no_color=True)


def print_table(
  title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
  """Prints rows under a title; the first column left, the others right."""
  console = make_console()
  frame = box.SIMPLE_HEAD if console.is_terminal else None
  table = Table(
    title=Text(title), box=frame, title_justify="left", pad_edge=False
  )
  for index, column in enumerate(columns):
    table.add_column(Text(column), justify="left" if index == 0 else "right")
  for row in rows:
    table.add_row(*(Text(cell) for cell in row))
  console.print(table)


def say(line: str) -> None:
  """Prints one line as it is."""
  print(line, flush=True)


class Warnings(logging.Handler):
  """Prints the warnings of a log, each on a line above the live one."""

  def filter(self, record: logging.LogRecord) -> bool:
    return record.levelno == logging.WARNING

  def emit(self, record: logging.LogRecord) -> None:
    # In one piece: other threads print, too.
    sys.stdout.write(f"{record.getMessage()}\n")
    sys.stdout.flush()


class Progress:
  """The live status line of a long run; off a terminal, a line now and then."""

  def __init__(self) -> None:
    self._console = make_console()
    self._live = (
      Live(console=self._console, refresh_per_second=4)
      if self._console.is_terminal
      else None
    )
    self._printed = time.monotonic()

  def __enter__(self) -> "Progress":
    if self._live:
      self._live.start()
    return self

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None:
    if self._live:
      self._live.stop()

  def show(self, line: str) -> None:
    """Replaces the line; off a terminal, prints one every ten seconds."""
    if self._live:
      self._live.update(Text(line))
    elif time.monotonic() - self._printed > _PLAIN_INTERVAL:
      self._printed = time.monotonic()
      print(line, flush=True)
