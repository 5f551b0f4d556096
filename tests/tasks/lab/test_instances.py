"""Random sequences, trees and graphs."""

import networkx as nx
import numpy as np
import pytest

from tasks.lab import instances

COUNT = 300


@pytest.fixture
def rng() -> np.random.Generator:
  return np.random.default_rng(0)


def test_odds_are_tenths_of_which_none_is_missing(
  rng: np.random.Generator,
) -> None:
  drawn = np.array([instances.odds(rng, 4) for _ in range(50)])
  assert drawn.sum(axis=1) == pytest.approx(1)
  assert drawn.min() == pytest.approx(0.1)
  assert 10 * drawn == pytest.approx(np.round(10 * drawn))


def test_nodes_of_a_sequence_hear_the_one_before() -> None:
  edges = instances.links_to_previous(1, 4)[0]
  assert np.argwhere(np.isfinite(edges)).tolist() == [[1, 0], [2, 1], [3, 2]]


@pytest.mark.parametrize("reach", [1, 2, 5])
def test_parents_are_up_to_reach_nodes_before(
  rng: np.random.Generator, reach: int
) -> None:
  parent = instances.parents(rng, COUNT, 8, reach)
  steps = np.arange(8) - parent
  assert (parent[:, 0] == 0).all()
  for node in range(1, 8):
    assert set(steps[:, node]) == set(range(1, min(node, reach) + 1))


def test_links_carry_the_weight_above_each_node(
  rng: np.random.Generator,
) -> None:
  parent = instances.parents(rng, COUNT, 6, 3)
  weights = rng.uniform(size=(COUNT, 6))
  edges = instances.links_to_parents(parent, weights)
  assert np.isfinite(edges).sum(axis=(1, 2)).tolist() == [5] * COUNT
  for k, node in ((0, 3), (7, 5)):
    assert edges[k, node, parent[k, node]] == weights[k, node]


def test_graphs_are_connected_and_symmetric(rng: np.random.Generator) -> None:
  weights = instances.connected_graphs(
    rng, COUNT, 9, extra=0.1, reach=2, lightest=0.4
  )
  assert np.array_equal(weights, weights.transpose(0, 2, 1))
  assert np.isinf(weights[:, range(9), range(9)]).all()
  finite = weights[np.isfinite(weights)]
  assert 0.4 <= finite.min() < 0.42
  assert 0.98 < finite.max() <= 1
  for joined in np.isfinite(weights[:50]):
    assert nx.is_connected(nx.from_numpy_array(joined))
  edges = np.isfinite(weights).sum(axis=(1, 2)) / 2
  # Of 36 pairs, 8 are in the tree, and a tenth of the others is joined.
  assert edges.mean() == pytest.approx(8 + 2.8, abs=0.3)


@pytest.mark.parametrize("size", [2, 4, 16])
def test_degrees_of_digraphs_hardly_depend_on_the_size(
  rng: np.random.Generator, size: int
) -> None:
  joined = instances.local_digraphs(rng, COUNT, size, degree=1.5, reach=3)
  receivers, senders = np.nonzero(joined.any(axis=0))
  assert set(np.abs(receivers - senders)) == set(range(1, min(size, 4)))
  assert 0.7 < joined.sum(axis=2).mean() < 1.5
