"""Answers of generators over sequences, against brute force."""

import functools
import itertools

import numpy as np
import pytest

from tasks.lab.sample import Band
from tests.tasks.synthetic.reasoning.oracles import Instance, check


def _running_sum(one: Instance) -> list[float]:
  kept, x = one.parameters["kept"], one.elements()
  return [
    sum(kept ** (i - j) * x[j] for j in range(i + 1)) for i in range(one.size)
  ]


def _running_maximum(one: Instance) -> list[float]:
  loss, x = one.parameters["loss"], one.elements()
  return [
    max(x[j] - loss * (i - j) for j in range(i + 1)) for i in range(one.size)
  ]


def _maximum_subarray(one: Instance) -> list[list[float]]:
  x = one.elements()
  ending = [max(sum(x[j : i + 1]) for j in range(i + 1)) for i in range(len(x))]
  return [[ending[i], max(ending[: i + 1])] for i in range(len(x))]


def _best_apart(one: Instance) -> list[float]:
  x = [value - one.parameters["cost"] for value in one.elements()]

  @functools.cache
  def best(places: int) -> float:
    if places <= 0:
      return 0
    return max(best(places - 1), best(places - 2) + x[places - 1])

  if one.size <= 8:  # All choices of places.
    return [
      max(
        sum(itertools.compress(x, taken))
        for taken in itertools.product([0, 1], repeat=i)
        if not any(a and b for a, b in itertools.pairwise(taken))
      )
      for i in range(1, one.size + 1)
    ]
  return [best(i) for i in range(1, one.size + 1)]


def _increasing_run(one: Instance) -> list[float]:
  x, p = one.elements(), one.parameters
  answers = []
  for end in range(one.size):
    start = end
    while start and x[start] - x[start - 1] > p["threshold"]:
      start -= 1
    answers.append(sum(1 + p["slope"] * v for v in x[start : end + 1]))
  return answers


def _records(one: Instance) -> list[bool]:
  x, margin = one.elements(), one.parameters["margin"]
  return [all(x[i] > y + margin for y in x[:i]) for i in range(one.size)]


def _peaks(one: Instance) -> float:
  x = one.elements()
  total = 0.0
  for i, value in enumerate(x):
    neighbours = x[max(i - 1, 0) : i] + x[i + 1 : i + 2]
    if value > max(neighbours):
      total += max(value - one.parameters["level"], 0)
  return total


def _round_trip(one: Instance) -> float:
  scale = np.array([one.parameters["stretch"], 1])
  order = float(one.parameters["norm"])
  total = 0.0
  for (*start, _), (*end, price) in itertools.pairwise(
    [one.nodes[-1], *one.nodes]
  ):
    leg = (np.array(end) - start) * scale
    total += price * float(np.linalg.norm(leg, ord=order))
  return total


def _jumps(one: Instance) -> int:
  p = one.parameters
  total = 0
  for before, after in itertools.pairwise(one.elements()):
    if after - before > p["threshold"]:
      total += p["up"]
    elif before - after > p["threshold"]:
      total += p["down"]
  return total


def _window_maxima(one: Instance) -> float:
  x, p = one.elements(), one.parameters
  windows = [x[max(i + 1 - p["length"], 0) : i + 1] for i in range(one.size)]
  return sum(max(max(window) - p["level"], 0) for window in windows)


def _drawdowns(one: Instance) -> float:
  x, tolerance = one.elements(), one.parameters["tolerance"]
  short = [max(max(x[: i + 1]) - x[i] - tolerance, 0) for i in range(one.size)]
  return sum(short)


ORACLES = {
  "running_sum": _running_sum,
  "running_maximum": _running_maximum,
  "maximum_subarray": _maximum_subarray,
  "best_apart": _best_apart,
  "increasing_run": _increasing_run,
  "records": _records,
  "peaks": _peaks,
  "round_trip": _round_trip,
  "jumps": _jumps,
  "window_maxima": _window_maxima,
  "drawdowns": _drawdowns,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_answers_agree_with_an_oracle(name: str, band: Band) -> None:
  check(name, band, ORACLES[name])
