"""The Pareto front of value and cost."""

from harness.reporting.figures import pareto


def test_the_front_is_what_no_point_dominates() -> None:
  points = [(1, 0.5), (2, 0.5), (2, 0.6), (2, 0.7), (3, 0.65), (0, 0.1),
            (9, 0.9), (9, 0.9), (10, 0.9)]  # fmt: skip
  assert pareto.front(points) == [(0, 0.1), (1, 0.5), (2, 0.7), (9, 0.9)]
  assert pareto.front(points[:1]) == points[:1]
