"""The tables of small searches stay those recorded.

That of plain evolution is checked in test_search.py.
"""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from evolve.proposers.expression import ExpressionMutator, RandomMutator
from evolve.proposers.mutator import MutatorProposer
from tests.evolve.conftest import Pools
from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.chat_server import ChatServer
from tests.evolve.search import searching

MUTATORS = {
  "random": (RandomMutator(), 1),
  "expression, batches of 3": (ExpressionMutator(), 3),
}


@pytest.mark.parametrize(
  "name",
  [
    "expression, batches of 3",
    pytest.param("random", marks=pytest.mark.slow),
  ],
)
def test_a_mutator_gives_the_same_table(
  name: str, tmp_path: Path, pools: Pools
) -> None:
  mutator, batch = MUTATORS[name]
  settings = dataclasses.replace(
    searching.config(len(searching.RECORDED[name])), candidates_per_batch=batch
  )
  proposer = MutatorProposer(mutator)
  searching.make(tmp_path, pools(2), settings, proposer).run()
  searching.check_recorded(name, tmp_path)


@pytest.mark.parametrize(("name", "share"), [("llm", 1.0), ("mixed", 0.5)])
def test_models_give_the_same_table(
  name: str, share: float, tmp_path: Path, pools: Pools
) -> None:
  with ChatServer(modelled.answer) as server:
    config: Any = modelled.author_config(server.base_url, share=share)
    modelled.table_of(tmp_path, len(searching.RECORDED[name]), config, pools(2))
  searching.check_recorded(name, tmp_path)
