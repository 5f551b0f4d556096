"""Random sequences, trees and graphs, which several generators share.

Edges are as in ReasoningTask: the weight with which node i hears node j, at
[i, j], and NaN where it does not.
"""

import numpy as np

Instances = tuple[np.ndarray, np.ndarray | None, np.ndarray]


def one_hot(symbols: np.ndarray, num_symbols: int) -> np.ndarray:
  """Symbols [...] as vectors [..., num_symbols]."""
  return np.asarray(np.eye(num_symbols)[symbols])


def odds(rng: np.random.Generator, num_symbols: int) -> np.ndarray:
  """Random probabilities of symbols, in tenths, none below a tenth."""
  tenths = np.ones(num_symbols, int)
  tenths += rng.multinomial(
    10 - num_symbols, np.full(num_symbols, 1 / num_symbols)
  )
  return tenths / 10


def links_to_previous(count: int, size: int) -> np.ndarray:
  """Edges [count, size, size] with which each node hears the one before it."""
  edges = np.full((count, size, size), np.nan)
  later = np.arange(1, size)
  edges[:, later, later - 1] = 0
  return edges


def links_to_all_before(count: int, size: int) -> np.ndarray:
  """Edges [count, size, size] with which each node hears all before it."""
  edges = np.where(np.tri(size, k=-1, dtype=bool), 0, np.nan)
  return np.broadcast_to(edges, (count, size, size))


def parents(
  rng: np.random.Generator, count: int, size: int, reach: int
) -> np.ndarray:
  """Parents [count, size] of the nodes of random trees.

  Node 0 is the root, and its own parent. A parent is one of the `reach` nodes
  before its child: a reach of 1 makes paths, and a large one shallow trees.
  """
  nodes = np.arange(size)
  steps = rng.integers(1, 1 + np.clip(nodes, 1, reach), size=(count, size))
  return np.asarray(np.maximum(nodes - steps, 0))


def links_to_parents(parent: np.ndarray, weights: np.ndarray) -> np.ndarray:
  """Edges with which each node but the root hears its parent.

  Args:
    parent: as drawn by `parents`, [count, size].
    weights: of the edge above each node, [count, size].
  """
  count, size = parent.shape
  edges = np.full((count, size, size), np.nan)
  rows, nodes = np.arange(count)[:, None], np.arange(1, size)
  edges[rows, nodes, parent[:, 1:]] = weights[:, 1:]
  return edges


def connected_graphs(
  rng: np.random.Generator,
  count: int,
  size: int,
  *,
  extra: float,
  reach: int,
  lightest: float,
) -> np.ndarray:
  """Symmetric weights [count, size, size] of graphs, infinite where not joined.

  Args:
    rng: source of randomness.
    count: number of graphs.
    size: number of nodes.
    extra: probability of an edge beside those of a random tree.
    reach: of that tree; see `parents`.
    lightest: weights are uniform from it to 1.
  """
  joined = rng.uniform(size=(count, size, size)) < extra
  rows, nodes = np.arange(count)[:, None], np.arange(1, size)
  joined[rows, nodes, parents(rng, count, size, reach)[:, 1:]] = True
  weights = np.where(joined, rng.uniform(lightest, 1, joined.shape), np.inf)
  weights[:, ~np.tri(size, k=-1, dtype=bool)] = np.inf
  return np.asarray(np.minimum(weights, weights.transpose(0, 2, 1)))


def as_edges(weights: np.ndarray) -> np.ndarray:
  """Edges of graphs whose weights are infinite where nodes are not joined."""
  return np.where(np.isfinite(weights), weights, np.nan)


def local_digraphs(
  rng: np.random.Generator, count: int, size: int, *, degree: float, reach: int
) -> np.ndarray:
  """Directed graphs, bool [count, size, size], True where i hears j.

  Nodes stand in a row, and edges join those at most `reach` apart. Their number
  per node, and with it the frequency of most properties, hardly depends on the
  size: it is `degree` less a little.
  """
  lag = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
  near = (lag > 0) & (lag <= reach)
  chance = degree * near / (1 + near.sum(axis=1, keepdims=True))
  return np.asarray(rng.uniform(size=(count, size, size)) < chance)
