"""Answers of held-out reasoning tasks against plain Python, one by one."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from scipy.spatial import distance

from tasks.lab import registry
from tests.tasks.synthetic.drawing import drawn, instances


def _hears(edges):
  """Whom each node hears."""
  return [np.flatnonzero(np.isfinite(row)).tolist() for row in edges]


def _polygon_area(p, nodes, edges):
  """The triangles from the first corner on, with their signs."""
  order = [0]
  while (following := _hears(edges)[order[-1]][0]) != 0:
    order.append(following)
  assert len(order) == len(nodes)
  first, *others = nodes[order]
  return abs(
    sum(
      np.linalg.det([a - first, b - first]) / 2
      for a, b in itertools.pairwise(others)
    )
  )


def _dominance(p, nodes, edges):
  return [
    max(
      min(b[0] - a[0], p["weight"] * (b[1] - a[1]))
      for j, b in enumerate(nodes)
      if j != i
    )
    for i, a in enumerate(nodes)
  ]


def _diameter(p, nodes, edges):
  return distance.pdist(nodes, "minkowski", p=p["power"]).max()


def _winning_positions(p, nodes, edges):
  hears = _hears(edges)

  def wins(k):
    if not hears[k]:
      assert nodes[k, 0] == 1
      return bool(nodes[k, 1])
    return not all(wins(j) for j in hears[k])

  assert all(j < k for k, heard in enumerate(hears) for j in heard)
  return [wins(k) for k in range(len(nodes))]


def _longest_job_first(p, nodes, edges):
  machines = [0.0] * p["num_machines"]
  for job in sorted(nodes[:, 0], reverse=True):
    machines.sort()
    machines[0] += job
  return max(machines)


def _peak_load(p, nodes, edges):
  """The heaviest clique of visits that meet, by pairs."""
  graph = nx.Graph()
  for k, (_, _, seats) in enumerate(nodes):
    graph.add_node(k, seats=float(seats))
  for i, j in itertools.combinations(range(len(nodes)), 2):
    (begin, end, _), (other, its_end, _) = nodes[i], nodes[j]
    if begin < its_end and other < end:
      graph.add_edge(i, j)
  cliques = nx.find_cliques(graph)
  return max(sum(nodes[k, 2] for k in clique) for clique in cliques)


def _covered_length(p, nodes, edges):
  """The cells between neighbouring ends that some interval covers."""
  ends = sorted(nodes.ravel())
  return sum(
    b - a
    for a, b in itertools.pairwise(ends)
    if any(x <= a and b <= y for x, y in nodes)
  )


def _waiting_times(p, nodes, edges):
  """Customers by the clock: arrivals, and when the server is free."""
  arrival, free, waits = 0.0, 0.0, []
  for k, (service,) in enumerate(nodes):
    arrival += edges[k, k - 1] if k else 0.0
    begin = max(arrival, free)
    waits.append(begin - arrival)
    free = begin + service
  return waits


def _election_lead(p, nodes, edges):
  points = {0: 1, 1: p["of_second"], 2: 0}
  totals = sorted(
    sum(points[int(ballot[c])] * ballot[3] for ballot in nodes)
    for c in range(3)
  )
  return totals[2] - totals[1]


CONNECTIVES = {
  "all": all,
  "any": any,
  "parity": lambda v: sum(v) % 2 == 1,
  "not all": lambda v: not all(v),
  "none": lambda v: not any(v),
  "even": lambda v: sum(v) % 2 == 0,
}


def _formula_values(p, nodes, edges):
  first, second = (CONNECTIVES[name] for name in p["connectives"])
  hears = _hears(edges)

  def value(k):
    is_leaf, is_first, truth = nodes[k]
    if is_leaf:
      assert not hears[k]
      return bool(truth)
    return (first if is_first else second)([value(j) for j in hears[k]])

  return [value(k) for k in range(len(nodes))]


def _automaton(p, nodes, edges):
  state, states = 0, []
  for k, (symbol, first) in enumerate(nodes):
    assert (first == 1) == (k == 0)
    assert _hears(edges)[k] == ([k - 1] if k else [])
    state = p["moves"][int(symbol)][state]
    states.append(state)
  return states


def _set_similarity(p, nodes, edges):
  common = sum(min(a, b) for a, b in nodes)
  first = p["of_first"] * sum(max(a - b, 0) for a, b in nodes)
  second = p["of_second"] * sum(max(b - a, 0) for a, b in nodes)
  return common / (common + first + second)


def _double_auction(p, nodes, edges):
  """The greatest gains of any matching of bids with asks."""
  graph = nx.Graph()
  for i, (bid, is_bid) in enumerate(nodes):
    for j, (ask, is_other) in enumerate(nodes):
      if is_bid and not is_other and bid > ask:
        graph.add_edge(i, j, weight=float(bid - ask))
  pairs = nx.max_weight_matching(graph)
  return sum(graph.edges[pair]["weight"] for pair in pairs)


def _greatest_delay(p, nodes, edges):
  """The least over all orders for few jobs, as Jackson's rule promises."""
  orders = [sorted(nodes.tolist(), key=lambda job: job[1])]
  if len(nodes) <= 4:
    orders = list(itertools.permutations(nodes.tolist()))

  def greatest(order):
    done = itertools.accumulate(duration for duration, _ in order)
    return max(d - job[1] for d, job in zip(done, order, strict=True))

  return min(map(greatest, orders))


def _shadows(p, nodes, edges):
  heights = nodes[:, 0]
  return [
    max(heights[j] - p["fall"] * edges[k, j] for j in _hears(edges)[k])
    - heights[k]
    for k in range(len(heights))
  ]


ORACLES = {
  "automaton": _automaton,
  "covered_length": _covered_length,
  "diameter": _diameter,
  "dominance": _dominance,
  "double_auction": _double_auction,
  "election_lead": _election_lead,
  "formula_values": _formula_values,
  "greatest_delay": _greatest_delay,
  "longest_job_first": _longest_job_first,
  "peak_load": _peak_load,
  "polygon_area": _polygon_area,
  "set_similarity": _set_similarity,
  "shadows": _shadows,
  "waiting_times": _waiting_times,
  "winning_positions": _winning_positions,
}


def test_every_generator_has_an_oracle():
  held_out = {
    g.name
    for g in registry.shipped()
    if g.draw.__module__.startswith("tasks.synthetic.held_out.reasoning.")
  }
  assert ORACLES.keys() == held_out


@pytest.mark.parametrize("name", ORACLES)
def test_answers_agree_with_an_oracle(name):
  for task in drawn(name, count=2):
    for nodes, edges, answer in instances(task):
      expected = ORACLES[name](task.parameters, nodes.astype(float), edges)
      np.testing.assert_allclose(answer, expected, atol=2e-5)


def test_shadows_are_heard_from_one_side_only():
  (task,) = drawn("shadows", count=1)
  for _, edges, answer in instances(task, count=6):
    k = np.arange(len(edges))
    apart = (k[:, None] - k).astype(float)
    np.testing.assert_array_equal(edges, np.where(apart >= 0, apart, math.nan))
    assert answer[0] == 0
