"""Answers of generators over trees, by walks in plain Python."""

import itertools
from collections.abc import Iterator

import pytest

from tasks.lab.sample import Band
from tests.tasks.synthetic.reasoning.oracles import Instance, check


def _to_root(one: Instance, node: int) -> list[int]:
  """The node, its parent and so on; nodes hear their parents."""
  path = [node]
  while above := one.heard(path[-1]):
    path.extend(above)
  assert path[-1] == 0
  return path


def _below(
  one: Instance, node: int, steps: int = 0
) -> Iterator[tuple[int, int]]:
  """Nodes of a subtree and their depths in it; nodes hear their children."""
  yield node, steps
  for child in one.heard(node):
    yield from _below(one, child, steps + 1)


def _subtree_maximum(one: Instance) -> list[float]:
  values, loss = one.elements(), one.parameters["loss"]
  return [
    max(values[j] - loss * steps for j, steps in _below(one, i))
    for i in range(one.size)
  ]


def _root_path(one: Instance) -> list[tuple[float, float]]:
  answers = []
  for node in range(one.size):
    path = _to_root(one, node)
    weights = [float(one.edges[a, b]) for a, b in itertools.pairwise(path)]
    answers.append((sum(weights), max([0.0, *weights])))
  return answers


def _leaf_sum(one: Instance) -> float:
  inner = one.parameters["inner"]
  return sum(
    value * (inner if one.heard(i) else 1)
    for i, value in enumerate(one.elements())
  )


def _two_colouring(one: Instance) -> list[int]:
  root = int(one.nodes[0, 1])
  answers = []
  for node in range(one.size):
    path = _to_root(one, node)
    changes = sum(one.edges[a, b] for a, b in itertools.pairwise(path))
    answers.append((root + int(changes)) % 2)
  return answers


def _best_children(one: Instance) -> float:
  values, loss = one.elements(), one.parameters["loss"]
  families = [one.heard(i) for i in range(one.size) if one.heard(i)]
  return sum(max(0, max(values[j] for j in f) - loss) for f in families)


ORACLES = {
  "subtree_maximum": _subtree_maximum,
  "root_path": _root_path,
  "leaf_sum": _leaf_sum,
  "two_colouring": _two_colouring,
  "best_children": _best_children,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_answers_agree_with_an_oracle(name: str, band: Band) -> None:
  check(name, band, ORACLES[name])
