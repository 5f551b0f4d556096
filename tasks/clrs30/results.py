"""Scores of trainings, and means over them."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tasks.clrs30.algorithms import ALGORITHMS, Means, beyond, means, ordered
from tasks.clrs30.published import PUBLISHED

# Lines of scores.jsonl.
Records = Sequence[Mapping[str, Any]]


class Score(NamedTuple):
  """Test scores of an algorithm with an activation, in %.

  Attributes:
    mean: over seeds.
    std: the sample standard deviation over seeds; None for a single one.
    num_seeds: seeds that have a score.
  """

  mean: float
  std: float | None
  num_seeds: int


def scores(records: Records) -> dict[tuple[str, str], Score]:
  """Scores by algorithm and activation."""
  return {
    key: Score(
      100 * statistics.fmean(values),
      100 * statistics.stdev(values) if len(values) > 1 else None,
      len(values),
    )
    for key, values in by_key(records).items()
  }


def scores_by_length(
  records: Records,
) -> dict[tuple[str, str, int], list[float]]:
  """Scores in [0, 1] of all seeds by algorithm, activation and nodes.

  Records of earlier versions have none.
  """
  found = defaultdict(list)
  for record in records:
    for length, score in record.get("scores_by_length", {}).items():
      key = record["algorithm"], record["activation"], int(length)
      found[key].append(score)
  return dict(found)


def by_key(records: Records) -> dict[tuple[str, str], list[float]]:
  """Test scores in [0, 1] by algorithm and activation."""
  found = defaultdict(list)
  for record in records:
    key = record["algorithm"], record["activation"]
    found[key].append(record["test_score"])
  return found


def complete(records: Records) -> list[str]:
  """The algorithms with a score for every activation."""
  found, columns = scores(records), activations(records)
  return [
    algorithm
    for algorithm in ordered({record["algorithm"] for record in records})
    if all((algorithm, other) in found for other in columns)
  ]


def compared(records: Records) -> list[str]:
  """The algorithms of the 30 that `complete` has, for means over them."""
  return [a for a in complete(records) if a in ALGORITHMS]


def means_by_model(records: Records) -> dict[str, Means]:
  """Means over the `compared` algorithms, in %.

  Returns:
    Those of the published model as "published", then those by activation;
    nothing if no algorithm compares.
  """
  chosen, found = compared(records), scores(records)
  if not chosen:
    return {}
  by_model = {"published": means({a: PUBLISHED[a].mean for a in chosen})}
  for activation in activations(records):
    by_model[activation] = means({a: found[a, activation].mean for a in chosen})
  return by_model


def over_further(records: Records) -> dict[str, float]:
  """Means in % by activation over complete algorithms beyond the 30.

  Empty if there is none.
  """
  further, found = beyond(complete(records)), scores(records)
  return {
    activation: statistics.fmean(found[a, activation].mean for a in further)
    for activation in activations(records)
    if further
  }


def activations(records: Records) -> list[str]:
  """Their names, in the order of the records."""
  return list(dict.fromkeys(record["activation"] for record in records))


def num_seeds(records: Records) -> int:
  """The number of different seeds."""
  return len({record["seed"] for record in records})
