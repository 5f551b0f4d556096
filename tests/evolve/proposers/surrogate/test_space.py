"""Spaces with their features, kept in the folder of a run."""

from pathlib import Path

import numpy as np
import pytest

from evolve.proposers.spaces.enumeration import INPUT, Enumeration, Shape
from evolve.proposers.spaces.formula import of_program, parse
from evolve.proposers.surrogate import space
from evolve.proposers.surrogate.space import Surrogate
from evolve.search.archive import Archive
from evolve.search.database import Database
from evolve.search.population import Population
from evolve.surrogate.fisher import Network
from evolve.surrogate.shortlist import Known
from tasks.lab import probing

_UNARY = Shape(("tanh", "erf", "relu", "softplus", "square"), (INPUT,))
_KNOWN = Known(
  [parse("tanh(x)"), parse("relu(x)"), parse("cosh(x)")],
  np.array([0.3, 0.9, 0.1]),
)


@pytest.mark.slow
def test_a_large_space_is_a_shortlist_after_the_best_that_are_known(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  tiny = Enumeration(_UNARY, Shape(("add", "sub", "mul"), (_UNARY, _UNARY)))
  monkeypatch.setattr(space, "LARGE", tiny)
  surrogate = Surrogate("union", Network(*probing.mlp()), "large", _KNOWN)
  shown: list[str] = []
  proposer = surrogate.proposer(tmp_path, shown.append)
  assert shown == [
    "listing the large space",
    f"computing features of {len(tiny.first_of_each()) + 1} functions",  # cosh
  ]
  again = surrogate.proposer(tmp_path, shown.append)
  assert len(shown) == 2  # From the folder.
  population = Population(
    Archive(1, 1), Database(tmp_path / "programs.sqlite"), set()
  )
  rng = np.random.default_rng(0)
  written = [proposer.propose(i, population, rng) for i in range(3)]
  assert list(map(str, map(of_program, (p.source for p in written)))) == [
    "relu(x)",
    "tanh(x)",
    "cosh(x)",
  ]
  assert again.propose(0, population, rng) == written[0]
  assert surrogate.settings() == {
    "predictor": "union",
    "space": "large",
    "known": _KNOWN.digest,
  }
