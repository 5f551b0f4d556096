"""Programs as the mutators write them that need no language model."""

from collections.abc import Iterable

import numpy as np
import pytest

from evolve import activations
from evolve.proposers.expression import ExpressionMutator, RandomMutator


def _programs(count: int) -> dict[str, str]:
  """Random programs, and generations of children of the named activations."""
  programs = {}
  pool = [activations.source(name) for name in activations.names()]
  for seed in range(count // 2):
    rng = np.random.default_rng(seed)
    programs[f"random_{seed}"] = RandomMutator().propose([], rng)
    parents = [pool[i] for i in rng.integers(len(pool), size=2)]
    pool.append(ExpressionMutator().propose(parents, rng))
    programs[f"child_{seed}"] = pool[-1]
  return programs


PROGRAMS = _programs(60)
SLOW = set(list(PROGRAMS)[24:])  # The first stand for all in the fast tests.


def cases(names: Iterable[str]) -> list:
  """Names of programs as parameters of a test."""
  return [
    pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
    for name in names
  ]
