"""Names of the 30 algorithms, their categories, and means over them."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

# Velickovic et al., arXiv 2205.15659; dm-clrs has a module for each.
CATEGORIES: dict[str, tuple[str, ...]] = {
  "divide_and_conquer": ("find_maximum_subarray_kadane",),
  "dynamic_programming": ("lcs_length", "matrix_chain_order", "optimal_bst"),
  "geometry": ("graham_scan", "jarvis_march", "segments_intersect"),
  "graphs": (
    "articulation_points",
    "bellman_ford",
    "bfs",
    "bridges",
    "dag_shortest_paths",
    "dfs",
    "dijkstra",
    "floyd_warshall",
    "mst_kruskal",
    "mst_prim",
    "strongly_connected_components",
    "topological_sort",
  ),
  "greedy": ("activity_selector", "task_scheduling"),
  "searching": ("binary_search", "minimum", "quickselect"),
  "sorting": ("bubble_sort", "heapsort", "insertion_sort", "quicksort"),
  "strings": ("kmp_matcher", "naive_string_matcher"),
}
ALGORITHMS = tuple(sorted(a for group in CATEGORIES.values() for a in group))
OVER_ALGORITHMS, OVER_CATEGORIES = "all algorithms", "all categories"


def ordered(names: Collection[str]) -> list[str]:
  """Names of algorithms, each once: those of the 30, then others."""
  return [*(a for a in ALGORITHMS if a in names), *sorted(beyond(names))]


def beyond(names: Iterable[str]) -> set[str]:
  """The names of algorithms that are not of the 30."""
  return set(names).difference(ALGORITHMS)


class Means(NamedTuple):
  """Means of one number per algorithm.

  Attributes:
    by_category: over the algorithms of a category that have a number; a
      category without any is missing.
    over_algorithms: over all numbers.
    over_categories: over `by_category`.
  """

  by_category: dict[str, float]
  over_algorithms: float
  over_categories: float

  def by_name(self) -> dict[str, float]:
    """All means; the last two as OVER_ALGORITHMS and OVER_CATEGORIES."""
    return {
      **self.by_category,
      OVER_ALGORITHMS: self.over_algorithms,
      OVER_CATEGORIES: self.over_categories,
    }


def means(numbers: Mapping[str, float]) -> Means:
  """The means of at least one number by algorithm."""
  by_category = {}
  for category, algorithms in CATEGORIES.items():
    known = [numbers[a] for a in algorithms if a in numbers]
    if known:
      by_category[category] = _mean(known)
  return Means(
    by_category, _mean(numbers.values()), _mean(by_category.values())
  )


def shortfall(chosen: Collection[str]) -> dict[str, str]:
  """Notes on means over chosen algorithms, such as "2 of 12".

  Returns:
    Notes by the names of `Means.by_name`; complete means have none.
  """
  counts = {c: len(set(a) & set(chosen)) for c, a in CATEGORIES.items()}
  notes = {
    category: f"{count} of {len(CATEGORIES[category])}"
    for category, count in counts.items()
    if count < len(CATEGORIES[category])
  }
  if notes:
    present = sum(count > 0 for count in counts.values())
    partial = sum(counts[category] > 0 for category in notes)
    notes[OVER_ALGORITHMS] = f"{len(chosen)} of {len(ALGORITHMS)}"
    notes[OVER_CATEGORIES] = f"{present} of {len(CATEGORIES)}"
    if partial:
      notes[OVER_CATEGORIES] += f", {partial} in part"
  return notes


def _mean(numbers: Iterable[float]) -> float:
  numbers = list(numbers)
  return sum(numbers) / len(numbers)
