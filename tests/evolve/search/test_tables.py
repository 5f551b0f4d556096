"""The tables of small searches stay what they were.

golden/tables.json holds them: for each slot its number, the ids of program and
parents, status, value, screen value, and the program that it repeats.
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.expression import ExpressionMutator, RandomMutator
from evolve.proposers.mutator import MutatorProposer
from tests.evolve.conftest import Pools
from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.chat_server import ChatServer
from tests.evolve.search import searching

GOLDEN = json.loads(
  (Path(__file__).parent / "golden" / "tables.json").read_text()
)
MUTATORS = {
  "expression": (ExpressionMutator(), 1),
  "random": (RandomMutator(), 1),
  "expression, batches of 3": (ExpressionMutator(), 3),
}


def _check(name: str, directory: Path) -> None:
  found = [
    (
      *row[:2],
      json.loads(row[2]),
      *row[3:5],
      row[6]["screen_value"],
      row[6]["same_as"],
    )
    for row in searching.table(directory)
  ]
  assert len(found) == len(GOLDEN[name])
  for row, expected in zip(found, GOLDEN[name], strict=True):
    # Processors differ in the last bits of what they compute.
    numbers = [pytest.approx(v, abs=1e-3) if v else v for v in expected[4:6]]
    assert row == (*expected[:4], *numbers, expected[6])


@pytest.mark.parametrize(
  "name",
  [
    "expression",
    "expression, batches of 3",
    pytest.param("random", marks=pytest.mark.slow),
  ],
)
def test_a_mutator_gives_the_same_table(
  name: str, tmp_path: Path, pools: Pools
) -> None:
  mutator, batch = MUTATORS[name]
  settings = dataclasses.replace(
    searching.config(len(GOLDEN[name])), candidates_per_batch=batch
  )
  proposer = MutatorProposer(mutator)
  searching.make(tmp_path, pools(2), settings, proposer).run()
  _check(name, tmp_path)


@pytest.mark.parametrize(("name", "share"), [("llm", 1.0), ("mixed", 0.5)])
def test_models_give_the_same_table(
  name: str, share: float, tmp_path: Path, pools: Pools
) -> None:
  with ChatServer(modelled.answer) as server:
    config: Any = modelled.author_config(server.base_url, share=share)
    modelled.table_of(tmp_path, len(GOLDEN[name]), config, pools(2))
  _check(name, tmp_path)
