"""Searches whose candidates models write: what they find depends on nothing
but the answers."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.llm.client_config import Caps, HedgePolicy
from evolve.proposers.llm.models import Model
from harness.core.errors import UserError
from tests import ROOT
from tests.evolve import processes
from tests.evolve.conftest import Pools
from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.chat_server import (
  ChatServer,
  rate_limited,
  server_error,
  slow,
)
from tests.evolve.search import searching

_EVALUATIONS = modelled.NUM_ZERO + 12
Table = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
  with ChatServer(modelled.answer_slowly) as running:
    yield running


@pytest.fixture(scope="module")
def recorded(
  tmp_path_factory: pytest.TempPathFactory, server: ChatServer, pools: Pools
) -> Path:
  """The directory of a run."""
  directory = tmp_path_factory.mktemp("recorded")
  config = modelled.author_config(server.base_url)
  modelled.table_of(directory, _EVALUATIONS, config, pools(2))
  return directory


@pytest.fixture(scope="module")
def whole(recorded: Path) -> Table:
  return searching.table(recorded)


def _calls(directory: Path, columns: str) -> Table:
  path = directory / "programs.sqlite"
  with contextlib.closing(sqlite3.connect(path)) as connection:
    query = f"SELECT {columns} FROM calls ORDER BY slot, attempt, number"
    return connection.execute(query).fetchall()


def _statuses(table: Table) -> Counter[str]:
  return Counter(row[3] for row in table[modelled.NUM_ZERO :])


def test_models_write_all_that_they_are_asked_to(
  recorded: Path, whole: Table
) -> None:
  asked = _calls(recorded, "DISTINCT slot")
  assert [slot for (slot,) in asked] == [
    *range(modelled.NUM_ZERO, _EVALUATIONS)
  ]
  assert _statuses(whole)["OK"] > 3
  assert _statuses(whole)["INVALID"] > 0
  attempts = Counter(_calls(recorded, "attempt"))
  assert 0 < attempts[1,] < attempts[0,]  # Some were asked to repair.
  # A child names what it was shown, the parent first.
  assert all(len(eval(row[2])) > 0 for row in whole[modelled.NUM_ZERO :])


def test_the_table_is_the_recorded_one(recorded: Path) -> None:
  searching.check_recorded("llm", recorded)


@pytest.mark.slow
def test_timing_changes_nothing(
  tmp_path: Path, whole: Table, pools: Pools
) -> None:
  with ChatServer(modelled.answer) as server:
    config = modelled.author_config(
      server.base_url, client=modelled.client_config(concurrency=1)
    )
    assert modelled.table_of(tmp_path, _EVALUATIONS, config, pools(1)) == whole


@pytest.mark.usefixtures("recorded")
def test_calls_overlap(server: ChatServer) -> None:
  assert server.max_concurrent > 1


def test_failures_change_nothing(
  tmp_path: Path, whole: Table, pools: Pools
) -> None:
  def answer(request: Any) -> Any:
    if request.number % 3 == 0:
      return rate_limited(0.01) if request.number % 2 else server_error()
    return modelled.answer(request)

  with ChatServer(answer) as server:
    config = modelled.author_config(server.base_url)
    assert modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2)) == whole
  assert any(error for (error,) in _calls(tmp_path, "error"))


@pytest.mark.slow
def test_calls_that_hang_change_nothing(
  tmp_path: Path, whole: Table, pools: Pools
) -> None:
  def answer(request: Any) -> Any:
    reply = modelled.answer(request)
    return slow(reply, 300) if request.number in (6, 11) else reply

  with ChatServer(answer) as server:
    config = modelled.author_config(
      server.base_url,
      client=modelled.client_config(hedge_policy=HedgePolicy(least=0.3)),
    )
    assert modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2)) == whole
    calls = _calls(tmp_path, "slot, attempt, error")
    assert len(server.requests) == len(calls)
  hung = [row[:2] for row in calls if row[-1]]
  assert len(hung) == 2 and all((*row, None) in calls for row in hung)
  config = modelled.author_config(
    "", models=(), replay=tmp_path / "programs.sqlite"
  )
  again = tmp_path / "again"
  assert modelled.table_of(again, _EVALUATIONS, config, pools(2)) == whole


def test_replay_needs_no_server(
  tmp_path: Path, recorded: Path, whole: Table, pools: Pools
) -> None:
  replay = recorded / "programs.sqlite"
  config = modelled.author_config("", models=(), replay=replay)
  table = modelled.table_of(tmp_path / "again", _EVALUATIONS, config, pools(1))
  assert table == whole
  columns = "slot, attempt, digest, model, prompt, answer, cost"
  copied = _calls(tmp_path / "again", columns)
  original = _calls(recorded, f"{columns}, answer ISNULL")
  assert copied == [row[:-1] for row in original if not row[-1]]
  # What was copied can be replayed in its turn.
  twice = modelled.author_config(
    "", models=(), replay=tmp_path / "again" / "programs.sqlite"
  )
  count = modelled.NUM_ZERO + 3
  table = modelled.table_of(tmp_path / "twice", count, twice, pools(2))
  assert table == whole[:count]


def test_replay_of_another_search_says_so(
  tmp_path: Path, recorded: Path, pools: Pools
) -> None:
  replay = recorded / "programs.sqlite"
  config = modelled.author_config("", models=(), replay=replay)
  with pytest.raises(UserError, match=f"no answer for slot {_EVALUATIONS}"):
    modelled.table_of(tmp_path, _EVALUATIONS + 1, config, pools(2))


@pytest.mark.slow  # golden/tables.json has a mixed search.
def test_mixed_writers_take_turns(
  tmp_path: Path, server: ChatServer, pools: Pools
) -> None:
  tables = []
  for workers, answer in ((1, modelled.answer), (2, modelled.answer_slowly)):
    directory = tmp_path / str(workers)
    with ChatServer(answer) as own:
      config = modelled.author_config(own.base_url, share=0.5)
      tables.append(
        modelled.table_of(directory, _EVALUATIONS, config, pools(workers))
      )
  assert tables[0] == tables[1]
  asked = [slot for (slot,) in _calls(directory, "DISTINCT slot")]
  assert asked == [*range(modelled.NUM_ZERO + 1, _EVALUATIONS, 2)]


@pytest.mark.slow
def test_a_bandit_is_deterministic(tmp_path: Path, pools: Pools) -> None:
  evaluations = modelled.NUM_ZERO + 9
  chosen = []
  for workers in (1, 2):
    directory = tmp_path / str(workers)
    with ChatServer(modelled.answer_slowly) as server:
      models = tuple(
        Model(name, server.base_url, price=modelled.PRICE)
        for name in ("fast", "strong")
      )
      config = modelled.author_config(
        server.base_url, models=models, selection="bandit"
      )
      modelled.table_of(directory, evaluations, config, pools(workers))
    chosen.append(_calls(directory, "slot, attempt, model"))
  assert chosen[0] == chosen[1]
  assert {model for *_, model in chosen[0]} == {"fast", "strong"}


@pytest.mark.parametrize(
  "cap", ["cost", pytest.param("tokens", marks=pytest.mark.slow)]
)
def test_a_cap_ends_the_search_and_a_larger_one_extends_it(
  tmp_path: Path,
  recorded: Path,
  whole: Table,
  server: ChatServer,
  cap: str,
  pools: Pools,
) -> None:
  spent = sum(
    (cost if cap == "cost" else tokens)
    for cost, tokens in _calls(
      recorded, "cost, prompt_tokens + completion_tokens"
    )
  )
  limit = spent / 2 if cap == "cost" else spent // 2
  config = modelled.author_config(
    server.base_url, client=modelled.client_config(caps=Caps(**{cap: limit}))
  )
  with modelled.search(tmp_path, _EVALUATIONS, config, pools(2)) as search:
    search.run()
    assert search.is_out_of_budget
  table = searching.table(tmp_path)
  assert modelled.NUM_ZERO < len(table) < len(whole)
  assert table == whole[: len(table)]
  bought = _calls(tmp_path, "cost, prompt_tokens + completion_tokens")
  assert sum(row[cap == "tokens"] for row in bought) <= limit
  config = modelled.author_config(server.base_url)
  assert modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2)) == whole
  _check_asked_once(tmp_path)


def test_a_cap_leaves_no_batch_waiting(tmp_path: Path, pools: Pools) -> None:
  # One call fits, so the batch of the first two models' slots is never full.
  with ChatServer(
    lambda request: "def activation(x):\n  return jnp.cos(x)\n"
  ) as server:
    caps = Caps(tokens=3_500)
    config = modelled.author_config(
      server.base_url, client=modelled.client_config(caps=caps)
    )
    with modelled.search(
      tmp_path, _EVALUATIONS, config, pools(2), candidates_per_batch=5
    ) as search:
      search.run()
    assert search.is_out_of_budget
  new = len(searching.table(tmp_path)) - modelled.NUM_ZERO
  assert 0 < new < 5


def test_an_outage_ends_the_run_which_can_be_resumed(
  tmp_path: Path, whole: Table, pools: Pools
) -> None:
  def answer(request: Any) -> Any:
    return server_error() if request.number > 9 else modelled.answer(request)

  with (
    ChatServer(answer) as server,
    pytest.raises(UserError, match="--resume"),
  ):
    config = modelled.author_config(server.base_url)
    modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2))
  before = searching.table(tmp_path)
  assert before == whole[: len(before)]
  with ChatServer(modelled.answer) as server:
    config = modelled.author_config(server.base_url)
    assert modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2)) == whole
  _check_asked_once(tmp_path)


def _check_asked_once(directory: Path) -> None:
  answered = _calls(directory, "slot, attempt, digest, answer ISNULL")
  assert max(Counter(row for row in answered if not row[-1]).values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("rows", [(1, 4), (modelled.NUM_ZERO + 2, 3, 5)])
def test_survives_kills(
  tmp_path: Path, whole: Table, server: ChatServer, rows: tuple[int, ...]
) -> None:
  for count in rows:
    with _begin(tmp_path, server.base_url) as run:
      assert run.stdout
      new = (line for line in run.stdout if line.endswith("True\n"))
      for _ in range(count):
        next(new)
      left = processes.descendants(run.pid)
      os.killpg(run.pid, signal.SIGKILL)
      run.wait()
      assert processes.all_end(left)
    table = searching.table(tmp_path)
    assert table == whole[: len(table)]
  with _begin(tmp_path, server.base_url) as run:
    assert run.stdout
    assert run.stdout.read().endswith("finished\n")
  assert searching.table(tmp_path) == whole
  _check_asked_once(tmp_path)


def _begin(directory: Path, base_url: str) -> subprocess.Popen[str]:
  module = "tests.evolve.proposers.llm.modelled"
  return subprocess.Popen(
    [sys.executable, "-m", module, directory, str(_EVALUATIONS), base_url],
    cwd=ROOT,
    stdout=subprocess.PIPE,
    text=True,
    start_new_session=True,
  )
