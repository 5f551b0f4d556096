"""Answers of generators over sets, against plain Python."""

import collections
import math

import pytest
from scipy.optimize import linprog

from tasks.lab.sample import Band
from tests.tasks.synthetic.reasoning.oracles import Instance, check, direction


def _rank(one: Instance) -> int:
  return sum(element < query for element, query in one.nodes)


def _order_statistic(one: Instance) -> float:
  ordered = sorted(one.elements())
  place = one.parameters["quantile"] * (one.size - 1)
  low = min(math.floor(place + 1e-9), one.size - 2)
  return ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])


def _band_sum(one: Instance) -> float:
  p = one.parameters
  within = [x for x in one.elements() if p["low"] < x < p["high"]]
  return sum(x ** p["power"] for x in within)


def _distinct(one: Instance) -> float:
  return sum(one.parameters["prices"][symbol] for symbol in set(one.letters()))


def _sum_along(one: Instance, node: int) -> float:
  x, y = direction(one.parameters["angle"])
  return float(x * one.nodes[node, 0] + y * one.nodes[node, 1])


def _leader(one: Instance) -> int:
  first = max(range(one.size), key=lambda i: _sum_along(one, i))
  return one.letters(first=2)[first]


def _nearest(one: Instance) -> float:
  p = one.parameters

  def distance(node: int) -> float:
    x, y = one.nodes[node, :2] - p["query"]
    return math.hypot(p["stretch"] * x, y)

  return float(one.nodes[min(range(one.size), key=distance), 2])


def _sorted_position(one: Instance) -> list[float]:
  sums = [float(row @ one.parameters["weights"]) for row in one.nodes]
  ordered = sorted(sums)
  return [ordered.index(value) / (one.size - 1) for value in sums]


def _plurality(one: Instance) -> int:
  totals: dict[int, float] = collections.defaultdict(float)
  for symbol, weight in zip(
    one.letters(num=one.nodes.shape[1] - 1), one.nodes[:, -1], strict=True
  ):
    totals[symbol] += weight * one.parameters["heaviest"][symbol]
  return max(totals, key=lambda symbol: totals[symbol])


def _range(one: Instance) -> float:
  sums = [_sum_along(one, node) for node in range(one.size)]
  return max(sums) + one.parameters["of_smallest"] * min(sums)


def _modular_sum(one: Instance) -> int:
  digits = [*one.parameters["digits"], 0]
  return sum(digits[s] for s in one.letters()) % one.parameters["modulus"]


def _knapsack(one: Instance) -> float:
  values, sizes = one.nodes.T
  found = linprog(
    -values,
    A_ub=[sizes],
    b_ub=[one.parameters["capacity"]],
    bounds=[(0, 1)] * one.size,
  )
  return -float(found.fun)


ORACLES = {
  "rank": _rank,
  "order_statistic": _order_statistic,
  "band_sum": _band_sum,
  "distinct": _distinct,
  "leader": _leader,
  "nearest": _nearest,
  "sorted_position": _sorted_position,
  "plurality": _plurality,
  "range": _range,
  "modular_sum": _modular_sum,
  "knapsack": _knapsack,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_answers_agree_with_an_oracle(name: str, band: Band) -> None:
  check(name, band, ORACLES[name])
