"""The command with language models."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.calling import closed_port
from tests.evolve.proposers.llm.chat_server import (
  MODEL,
  ChatServer,
  cut,
  unauthorized,
)
from tests.harness.forked import ForkedCommands

KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_API_KEY")
SECRET = "sk-this-is-secret"
SMALL = (
  "--mutator=llm", "--init=relu,tanh", "--num_tasks=3", "--tasks=polynomials",
  "--steps=5", "--num_seeds=2", "--evaluations=8", "--top=1", "--fresh_seeds=2",
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
  with ChatServer(modelled.answer, required_key=SECRET) as running:
    yield running


def _search(
  commands: ForkedCommands, *arguments: str, key: str | None = None
) -> tuple[int, str, list[str]]:
  """Exit status, standard output, and the lines of standard error."""
  variables = {**dict.fromkeys(KEYS), "LLM_API_KEY": key}
  return commands.run("harness.search", *SMALL, *arguments, variables=variables)


def _rows(workdir: Path, query: str) -> list[tuple[Any, ...]]:
  with closing(sqlite3.connect(workdir / "programs.sqlite")) as database:
    return database.execute(query).fetchall()


@pytest.mark.slow
def test_a_search_its_cost_and_its_replay(
  tmp_path: Path, server: ChatServer, commands: ForkedCommands
) -> None:
  prices = tmp_path / "prices.json"
  prices.write_text(json.dumps({MODEL: {"prompt": 1, "completion": 4}}))
  first, again = tmp_path / "first", tmp_path / "again"
  status, out, err = _search(
    commands,
    f"--llm={MODEL}@{server.base_url}",
    f"--llm_prices={prices}",
    "--max_llm_cost=1",
    f"--workdir={first}",
    key=SECRET,
  )
  assert (status, err) == (0, [])
  summary = json.loads((first / "summary.json").read_text())
  calls = _rows(first, "SELECT count(*), sum(cost) FROM calls")[0]
  assert (summary["llm"]["calls"], summary["llm"]["cost"]) == calls
  assert calls[0] >= 6
  assert f"language models: {calls[0]} calls" in out
  (bad,) = _rows(
    first,
    "SELECT sum(finish_reason = 'length'), sum(answer = ''), "
    "sum(finish_reason = 'content_filter') FROM calls",
  )
  counts = tuple(summary["llm"][name] for name in ("cut", "empty", "refused"))
  assert counts == bad and f"{bad[0]} cut" in out
  # The key is nowhere.
  files = [path for path in first.iterdir() if path.is_file()]
  assert not any(SECRET.encode() in path.read_bytes() for path in files)
  asked = len(server.requests)
  status, _, err = _search(commands, f"--replay={first}", f"--workdir={again}")
  assert (status, err) == (0, [])
  query = "SELECT slot, id, parents, status, value, source FROM programs"
  assert _rows(again, query) == _rows(first, query)
  assert len(server.requests) == asked


@pytest.mark.slow
def test_answers_that_say_nothing_end_the_run(
  tmp_path: Path, commands: ForkedCommands
) -> None:
  with ChatServer(lambda request: cut("")) as server:
    llm = f"--llm={MODEL}@{server.base_url}"
    status, out, err = _search(commands, llm, f"--workdir={tmp_path}")
    # At once, and none was asked twice.
    assert len(server.requests) == 6
  assert (status, len(err)) == (1, 1)
  assert err[0].startswith("error: 5 of 5 answers of language models said not")
  warnings = [line for line in out.splitlines() if MODEL in line]
  assert len(warnings) == 1 and "--llm_max_answer=16384" in warnings[0]
  assert not (tmp_path / "summary.json").exists()


def test_a_wrong_key_ends_the_run(
  tmp_path: Path, commands: ForkedCommands
) -> None:
  objective = tmp_path / "objective.py"
  objective.write_text("def evaluate(activation, seed):\n  return 0.5\n")
  with ChatServer(lambda request: unauthorized()) as server:
    status, _, err = commands.run(
      "harness.search", f"--fitness={objective}:evaluate", "--init=relu",
      "--evaluations=2", "--num_seeds=1", "--fresh_seeds=1", "--top=1",
      "--references=relu", "--mutator=llm",
      f"--llm={MODEL}@{server.base_url}", f"--workdir={tmp_path / 'run'}",
      variables={**dict.fromkeys(KEYS), "LLM_API_KEY": SECRET},
    )  # fmt: skip
  assert status != 0
  assert len(err) == 1
  assert "refuses" in err[0]
  assert SECRET not in err[0]
  assert not (tmp_path / "run" / "summary.json").exists()


@pytest.mark.parametrize(
  ("arguments", "said"),
  [
    ((), "--llm=MODEL with OPENAI_API_KEY"),
    (("--llm=gpt",), "set OPENAI_API_KEY, or name another server"),
    (("--llm=m@http://127.0.0.1:{port}/v1",), "no server at http://127.0.0.1"),
    (("--llm=m@http://u:secret@host/v1",), "must hold no key"),
    (("--llm=m@127.0.0.1:1/v1",), "begins with http:// or https://"),
    (("--llm=m@http://x/v1", "--llm_extra=x"), "--llm_extra takes a JSON"),
    (("--llm=m@http://x/v1", "--llm_weights=1,2"), "--llm_weights 2"),
    (("--llm=m@http://x/v1", "--max_llm_cost=1"), "needs the price of m"),
    (("--llm=m@http://x/v1", "--llm_prices=none.json"), "can't read prices"),
    (("--replay=nowhere",), "--replay: no run in nowhere"),
    (("--llm=m@http://x/v1", "--mutator=random"), "need --mutator=llm"),
  ],
)
def test_one_line_says_what_to_set(
  tmp_path: Path,
  arguments: tuple[str, ...],
  said: str,
  commands: ForkedCommands,
) -> None:
  given = [a.replace("{port}", str(closed_port())) for a in arguments]
  workdir = f"--workdir={tmp_path / 'run'}"
  status, _, err = _search(commands, *given, workdir)
  assert status != 0
  assert len(err) == 1, err
  assert said in err[0]
  assert "secret" not in err[0]
