"""Answers of generators over graphs, against NetworkX and SciPy."""

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csgraph
from scipy.spatial import distance

from tasks.lab.sample import Band
from tests.tasks.synthetic.reasoning.oracles import Instance, check


def _digraph(one: Instance) -> Any:
  """The graph with an edge j -> i where node i hears node j."""
  graph = nx.DiGraph()
  graph.add_nodes_from(range(one.size))
  for i in range(one.size):
    for j in one.heard(i):
      graph.add_edge(j, i, weight=float(one.edges[i, j]))
  return graph


def _graph(one: Instance) -> Any:
  return _digraph(one).to_undirected()


def _distances(one: Instance) -> list[float]:
  found = nx.single_source_dijkstra_path_length(_graph(one), 0)
  return [found[i] for i in range(one.size)]


def _reachable(one: Instance) -> list[bool]:
  graph = _digraph(one)
  sources = np.flatnonzero(one.nodes[:, 0])
  return [
    any(nx.has_path(graph, int(s), i) for s in sources) for i in range(one.size)
  ]


def _longest_path(one: Instance) -> list[float]:
  graph = _digraph(one)
  start = one.elements()
  begin = "start"
  for i in range(one.size):
    graph.add_edge(begin, i, weight=start[i])
  return [
    nx.dag_longest_path_length(
      graph.subgraph(nx.ancestors(graph, i) | {i}), weight="weight"
    )
    for i in range(one.size)
  ]


def _component_minimum(one: Instance) -> list[float]:
  graph, values = _graph(one), one.elements()
  return [
    min(values[j] for j in nx.node_connected_component(graph, i))
    for i in range(one.size)
  ]


def _spanning_tree(one: Instance) -> float:
  power, norm = one.parameters["power"], one.parameters["norm"]
  metric = {"1.0": "cityblock", "2.0": "euclidean", "inf": "chebyshev"}[norm]
  apart = distance.squareform(distance.pdist(one.nodes, metric))
  assert one.edges == pytest.approx(apart**power, abs=1e-5)
  return float(csgraph.minimum_spanning_tree(apart**power).sum())


def _on_cycle(one: Instance) -> list[bool]:
  graph = _graph(one)
  closed = [
    (a, b)
    for a, b, weight in graph.edges(data="weight")
    if weight >= one.parameters["threshold"]
  ]
  graph.remove_edges_from(closed)
  core = nx.k_core(graph, 2)
  return [i in core for i in range(one.size)]


def _uncovered(one: Instance) -> float:
  graph = _graph(one)
  marked, values = one.nodes.T
  return sum(
    float(values[i])
    for i in range(one.size)
    if not any(marked[j] for j in graph.neighbors(i))
  )


def _cut_weight(one: Instance) -> float:
  parts, inner = one.elements(), one.parameters["inner"]
  return sum(
    d["weight"] * (1 if parts[a] != parts[b] else inner)
    for a, b, d in _graph(one).edges(data=True)
  )


ORACLES: dict[str, Callable[[Instance], Any]] = {
  "distances": _distances,
  "reachable": _reachable,
  "longest_path": _longest_path,
  "component_minimum": _component_minimum,
  "spanning_tree": _spanning_tree,
  "on_cycle": _on_cycle,
  "uncovered": _uncovered,
  "cut_weight": _cut_weight,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_answers_agree_with_an_oracle(name: str, band: Band) -> None:
  check(name, band, ORACLES[name])
