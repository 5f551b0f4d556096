"""Overlap of calls to language models with evaluations.

  python -m tests.bench.overlap

Calls take two seconds, and so do evaluations, on two workers. The evaluations
alone bound the search, at one candidate a second.
"""

import dataclasses
import tempfile
import time
from pathlib import Path

from evolve.proposers.llm.author import Author
from evolve.search.config import SEARCH_FITNESS
from evolve.search.database import Database
from evolve.search.search import Search
from evolve.workers.pool import WorkerPool
from harness.core import console
from tests.evolve.fitnesses import SlowRandomFeatures
from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.chat_server import ChatServer, Request
from tests.evolve.search import searching

_SECONDS = 2.0
_NUM_CANDIDATES = 40


def _answer(request: Request) -> str:
  return (
    "def activation(x):\n"
    f"  return jnp.sin({0.5 + request.number / 7:.3f} * x) + 0.5 * x\n"
  )


def main() -> None:
  zero = (searching.RELU,)
  config = dataclasses.replace(
    searching.config(1 + _NUM_CANDIDATES), screen_quantile=0.0, lag=8
  )
  fitness = SlowRandomFeatures(_SECONDS, config.full)
  with (
    tempfile.TemporaryDirectory() as name,
    ChatServer(_answer, delay=_SECONDS) as server,
    Author(
      modelled.author_config(server.base_url),
      Path(name) / "calls",
      config.admission,
      fitness.goal,
    ) as author,
    WorkerPool({SEARCH_FITNESS: fitness}, 2, tables=True) as pool,
  ):
    database = Database(Path(name) / "programs.sqlite")
    search = Search(config, zero, author, pool, database)
    starts = []
    search.run(lambda row, is_new: starts.append(time.monotonic()))
    database.close()
  seconds = starts[-1] - starts[0]
  console.say(
    f"{_NUM_CANDIDATES} candidates in {seconds:.1f} s; evaluations alone take "
    f"{_NUM_CANDIDATES * _SECONDS / 2:.0f} s on two workers, models and "
    f"evaluations by turns {_NUM_CANDIDATES * 2 * _SECONDS:.0f} s"
  )


if __name__ == "__main__":
  main()
