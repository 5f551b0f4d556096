"""A search played back is the search."""

from pathlib import Path

from evolve.search.archive import Archive
from evolve.search.database import Database
from evolve.search.history import History, play
from harness.core.fitness import Status
from tests.evolve.conftest import Pools
from tests.evolve.search import searching


def test_playing_back_gives_the_archive_of_the_search(
  tmp_path: Path, pools: Pools
) -> None:
  zero = searching.GENERATION_ZERO[4:8]  # Two of them are OK.
  settings = searching.config(16)
  search = searching.make(tmp_path, pools(2), settings, generation_zero=zero)
  search.run()
  rows = list(Database(tmp_path / "programs.sqlite", read_only=True).rows())
  archive = Archive(settings.num_islands, settings.migration_interval)
  history = History(archive, settings.races, settings.niches, len(zero))
  moments = play(history, rows)

  assert archive.elites() == search.archive.elites()
  assert [m.slot for m in moments] == list(range(16))
  best, seconds = None, 0.0
  for row, moment in zip(rows, moments, strict=True):
    if row.report.status is Status.OK:
      best = max(best or 0.0, row.report.value or 0.0)
    seconds += row.report.seconds
    assert (moment.best, moment.seconds) == (best, seconds)
  assert moments[-1].coverage == archive.coverage()
  assert moments[-1].qd_score == archive.qd_score()
