"""The 30 algorithms of CLRS-30, built from the tables of dm-clrs."""

import inspect
from collections.abc import Mapping
from typing import Any

import clrs
from clrs._src import algorithms as functions
from clrs._src import samplers

from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.algorithms import ALGORITHMS

_STRING_MATCHERS = ("kmp_matcher", "naive_string_matcher")
# Trajectories of these get too long on dense graphs.
_SPARSE = ("articulation_points", "bridges", "mst_kruskal")
# Predecessors of these are the same in all hints.
_PREDECESSORS_AS_INPUT = (
  "activity_selector",
  "binary_search",
  "find_maximum_subarray_kadane",
  "jarvis_march",
  "kmp_matcher",
  "lcs_length",
  "matrix_chain_order",
  "minimum",
  "naive_string_matcher",
  "optimal_bst",
  "task_scheduling",
)
_EDGE_PROBABILITIES = tuple(0.1 + 0.1 * i for i in range(9))
_NEEDLE = 8  # Needles have 1 to this many characters, where they fit.


def _algorithm(name: str) -> Algorithm:
  sampler: Any = samplers.SAMPLERS[name]
  accepted = inspect.signature(sampler._sample_data).parameters
  p = _EDGE_PROBABILITIES
  if name in _SPARSE:
    p = tuple(probability / 2 for probability in p)

  def training_arguments(length: int) -> Mapping[str, Any]:
    """A needle shares the nodes with a haystack that is longer."""
    arguments = {"p": p, "length_needle": -min(_NEEDLE, (length - 1) // 2)}
    return {n: value for n, value in arguments.items() if n in accepted}

  settings = clrs.CLRS_30_ALGS_SETTINGS[name]
  return Algorithm(
    name,
    clrs.SPECS[name],
    sampler,
    getattr(functions, name),
    training_arguments,
    num_samples_multiplier=int(settings["num_samples_multiplier"]),
    has_one_length=name in _STRING_MATCHERS,
    has_one_size=name == "segments_intersect",  # Two segments, four ends.
    has_predecessors_as_input=name in _PREDECESSORS_AS_INPUT,
  )


UPSTREAM = {name: _algorithm(name) for name in ALGORITHMS}
