"""Published scores of the single-task Triplet-GMPNN, arXiv 2209.11142."""

from typing import NamedTuple

from tasks.clrs30.algorithms import means


class Published(NamedTuple):
  """Test micro-F1 over the paper's seeds, in %.

  Attributes:
    mean: over seeds.
    std: over seeds; the paper leaves open of which kind.
  """

  mean: float
  std: float


# Ibarz et al., "A Generalist Neural Algorithmic Learner", arXiv 2209.11142.
PUBLISHED = {
  "activity_selector": Published(95.18, 0.45),
  "articulation_points": Published(88.32, 2.01),
  "bellman_ford": Published(97.39, 0.19),
  "bfs": Published(99.73, 0.04),
  "binary_search": Published(77.58, 2.35),
  "bridges": Published(93.99, 2.07),
  "bubble_sort": Published(67.68, 5.50),
  "dag_shortest_paths": Published(98.19, 0.30),
  "dfs": Published(47.79, 4.19),
  "dijkstra": Published(96.05, 0.60),
  "find_maximum_subarray_kadane": Published(76.36, 0.43),
  "floyd_warshall": Published(48.52, 1.04),
  "graham_scan": Published(93.62, 0.91),
  "heapsort": Published(31.04, 5.82),
  "insertion_sort": Published(78.14, 4.64),
  "jarvis_march": Published(91.01, 1.30),
  "kmp_matcher": Published(19.51, 4.57),
  "lcs_length": Published(80.51, 1.84),
  "matrix_chain_order": Published(91.68, 0.59),
  "minimum": Published(97.78, 0.55),
  "mst_kruskal": Published(89.80, 0.77),
  "mst_prim": Published(86.39, 1.33),
  "naive_string_matcher": Published(78.67, 4.99),
  "optimal_bst": Published(73.77, 1.48),
  "quickselect": Published(0.47, 0.25),
  "quicksort": Published(64.64, 5.12),
  "segments_intersect": Published(97.64, 0.09),
  "strongly_connected_components": Published(43.43, 3.15),
  "task_scheduling": Published(87.25, 0.35),
  "topological_sort": Published(87.27, 2.67),
}
PUBLISHED_MEANS = means({a: score.mean for a, score in PUBLISHED.items()})
