"""Searches that go on from the first slots of a whole one."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from evolve.proposers.proposer import Proposer
from evolve.search.config import SearchConfig
from tests.evolve.conftest import Pools
from tests.evolve.search import searching


def check(
  directory: Path,
  proposer: Callable[[], Proposer],
  settings: SearchConfig,
  prefixes: Iterable[int],
  pools: Pools,
) -> list[tuple[Any, ...]]:
  """The table of a search, the same whichever slot it is resumed at."""
  whole = directory / "whole"
  whole.mkdir()
  searching.make(whole, pools(2), settings, proposer()).run()
  table = searching.table(whole)
  for keep in prefixes:
    resumed = directory / str(keep)
    resumed.mkdir()
    _copy(whole, resumed, keep)
    searching.make(resumed, pools(1), settings, proposer()).run()
    assert searching.table(resumed) == table, keep
  return table


def _copy(whole: Path, resumed: Path, keep: int) -> None:
  with (
    contextlib.closing(sqlite3.connect(whole / "programs.sqlite")) as source,
    contextlib.closing(sqlite3.connect(resumed / "programs.sqlite")) as target,
  ):
    source.backup(target)
    target.execute("DELETE FROM programs WHERE slot >= ?", (keep,))
    target.commit()
