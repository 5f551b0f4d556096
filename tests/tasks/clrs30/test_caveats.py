"""Caveats beside results."""

import dataclasses
from typing import Any

import pytest

from tasks.clrs30.caveats import caveats
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER
from tests.tasks.clrs30.score_records import BOTH, OWN, RELU, TOO_FEW, record


def test_the_published_model_differs_in_nothing() -> None:
  for sites in Sites:  # ReLU instead of ReLU, wherever.
    assert caveats(RELU, PAPER, "triplet_gmpnn", sites) == [
      "relu minus published, in published standard deviations: bfs +6.7, "
      "minimum -1.4; beyond 2: bfs",
      TOO_FEW,
    ]


def test_every_difference_gets_a_line() -> None:
  protocol = dataclasses.replace(
    PAPER,
    train_lengths=(4, 5),
    train_steps=2_000,
    eval_every=20,
    learning_rate=0.01,
  )
  records = [record("bfs", "sin", 0, 0.5), record("bfs", "my.py", 0, 0.5)]
  assert caveats(records, protocol, "pgn", Sites.UPSTREAM) == [
    "differs from published: train lengths 4,5 instead of 4,7,11,13,16",
    "differs from published: train steps 2,000 instead of 10,000",
    "differs from published: steps between validations 20 instead of 50",
    "differs from published: learning rate 0.01 instead of 0.001",
    "differs from published: processor pgn instead of triplet_gmpnn",
    "differs from published: sin, my.py instead of relu",
    "sites=upstream: only where upstream's argument reaches, 2 of the 5 ReLUs "
    "in triplet_gmpnn",
    TOO_FEW.replace("2 seeds are", "1 seed is"),
  ]


@pytest.mark.parametrize(
  "field",
  # Tests at further sizes are no other protocol.
  [f for f in dataclasses.fields(PAPER) if f.name != "test_lengths"],
  ids=lambda f: f.name,
)
def test_every_field_of_the_protocol_is_compared(
  field: dataclasses.Field[Any],
) -> None:
  change: dict[str, Any] = {field.name: 7}
  changed = dataclasses.replace(PAPER, **change)
  (line, _) = caveats(RELU, changed, "triplet_gmpnn", Sites.ALL)
  assert " 7 instead of " in line


def test_with_nothing_published_nothing_differs() -> None:
  protocol = dataclasses.replace(PAPER, train_steps=4)
  assert caveats(OWN, protocol, "pgn", Sites.ALL) == [
    TOO_FEW.replace("2 seeds are", "1 seed is")
  ]


def test_one_beyond_the_30_that_lacks_a_score_is_named() -> None:
  lines = caveats(
    [*BOTH, record("mine", "sin", 0, 0.5)], PAPER, "triplet_gmpnn", Sites.ALL
  )
  assert lines[-1] == (
    "in no mean, as an activation has no score there: dfs, mine"
  )
