"""The tables of small searches stay those recorded.

Those of plain evolution and of language models alone are checked in the tests
of the search and of the author.
"""

import dataclasses
from pathlib import Path

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


@pytest.mark.slow
def test_turns_of_models_and_mutators_give_the_same_table(
  tmp_path: Path, pools: Pools
) -> None:
  with ChatServer(modelled.answer) as server:
    config = modelled.author_config(server.base_url, share=0.5)
    count = len(searching.RECORDED["mixed"])
    modelled.table_of(tmp_path, count, config, pools(2))
  searching.check_recorded("mixed", tmp_path)
