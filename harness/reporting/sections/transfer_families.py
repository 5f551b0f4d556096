"""Which families and generators of tasks rank activations as benchmarks do."""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core import comparisons
from harness.reporting import family_weights, rank_correlation
from harness.reporting.document import Block, Figure
from harness.reporting.figures import heat_map
from harness.reporting.sections import transfer_measures
from harness.reporting.sections.transfer_measures import Measure, Relation

_SIGNIFICANCE = 0.05
_MOST_NAMED = 5  # Generators in a sentence.


def of(
  benchmarks: Sequence[Measure], suites: Sequence[Measure], seed: int
) -> list[Relation]:
  """Relations of all benchmarks with all families of the suites."""
  return [
    transfer_measures.relate(benchmark, family, seed)
    for benchmark in benchmarks
    for suite in suites
    for family in suite.families()
  ]


def blocks(relations: Sequence[Relation]) -> list[Block]:
  """A map of benchmarks and families; nothing if no correlation is known."""
  found = {
    (one.benchmark.name, one.tasks.name): one.correlation.value
    for one in relations
    if one.correlation
  }
  if not found:
    return []
  rows = list(dict.fromkeys(benchmark for benchmark, _ in found))
  columns = list(dict.fromkeys(tasks for _, tasks in found))
  values = np.array(
    [[found.get((row, column), np.nan) for column in columns] for row in rows]
  )
  return [
    Figure(
      "transfer_map",
      "Spearman's rank correlation of benchmarks with families of tasks; "
      "intervals and ceilings are in transfer_families.csv.",
      heat_map.draw(rows, columns, values, limits=(-1.0, 1.0), digits=2),
    )
  ]


def sentences(relation: Relation, seed: int) -> list[str]:
  """Sentences on weights of families, and on generators.

  Args:
    relation: of a suite with families.
    seed: keys the permutations.
  """
  families = relation.tasks.families()
  if not families:
    return []
  return [_on_weights(relation, families, seed), _on_generators(relation)]


def _on_weights(
  relation: Relation, families: Sequence[Measure], seed: int
) -> str:
  names, benchmark = relation.activations, relation.benchmark
  found = family_weights.fit(
    np.array([[f.value(name) for f in families] for name in names]),
    np.array([benchmark.value(name) for name in names]),
    seed,
  )
  text = (
    f"{benchmark.name}: weights on families of {relation.tasks.name}, fitted "
    "to all activations but the one that they predict, give a rho of "
    f"{found.correlation:+.2f} (permutation p = {found.p_value:.2g}, "
    "unadjusted)"
  )
  if found.p_value > _SIGNIFICANCE:
    return f"{text}: which families predict it can't be said."
  groups = sorted(set(relation.tasks.strata))
  listed = ", ".join(
    f"{weight:.0%} {family}"
    for weight, family in sorted(
      zip(found.weights, groups, strict=True), reverse=True
    )
  )
  return f"{text}: {listed}."


def _on_generators(relation: Relation) -> str:
  correlations, p_values = _by_generator(relation)
  adjusted = comparisons.holm(list(p_values.values()))
  shown = [
    name
    for name, found in zip(p_values, adjusted, strict=True)
    if found.p_value < _SIGNIFICANCE
  ]
  shown.sort(key=lambda name: -abs(correlations[name]))
  listed = ", ".join(
    f"{name} {correlations[name]:+.2f}" for name in shown[:_MOST_NAMED]
  )
  more = len(shown) - _MOST_NAMED
  if more > 0:
    listed += f" and {more} more"
  return (
    f"{relation.benchmark.name}: of {len(p_values)} generators of "
    f"{relation.tasks.name}, adjusted for their number at 5%, these rank "
    f"activations alike or in reverse: {listed or 'none'}."
  )


def _by_generator(
  relation: Relation,
) -> tuple[Mapping[str, float], Mapping[str, float]]:
  """Correlations with the benchmark and their p-values, by generator.

  Generators whose tasks rank no activations are left out.
  """
  tasks, names = relation.tasks, relation.activations
  scores = [relation.benchmark.value(name) for name in names]
  # A drawn task is named by its generator and a hash of its parameters.
  generators = np.array(
    [task.rpartition("-")[0] or task for task in tasks.names]
  )
  correlations, p_values = {}, {}
  for generator in dict.fromkeys(generators.tolist()):
    measure = tasks.only(generator, generators == generator)
    values = [measure.value(name) for name in names]
    if found := rank_correlation.correlate(values, scores):
      correlations[generator] = found.estimate.value
      p_values[generator] = found.p_value
  return correlations, p_values
