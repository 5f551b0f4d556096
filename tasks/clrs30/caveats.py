"""Caveats on comparing results with the published ones."""

import dataclasses
import statistics
from collections import Counter

from harness.core.intervals import too_few
from harness.core.trainings.wording import differences
from tasks.clrs30.algorithms import ALGORITHMS, ordered
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER, Protocol
from tasks.clrs30.published import PUBLISHED
from tasks.clrs30.results import (
  Records,
  activations,
  by_key,
  complete,
  num_seeds,
)

_PUBLISHED_PROCESSOR, _PUBLISHED_ACTIVATION = "triplet_gmpnn", "relu"
_NEAR = 2.0  # Standard deviations.
# Fields of Protocol whose names say too little.
_WORDS = {"eval_every": "steps between validations"}
_SITES = {
  Sites.ALL: (
    "sites=all: at every ReLU of the processor; upstream's argument reaches 2 "
    "of triplet_gmpnn's 5"
  ),
  Sites.UPSTREAM: (
    "sites=upstream: only where upstream's argument reaches, 2 of the 5 ReLUs "
    "in triplet_gmpnn"
  ),
}


def caveats(
  records: Records, protocol: Protocol, processor: str, sites: Sites
) -> list[str]:
  """Differences from the published runs and missing scores, line by line."""
  whole = dataclasses.replace(
    protocol, test_size=PAPER.test_size, test_lengths=PAPER.test_lengths
  )
  differing = differences(whole, PAPER, _WORDS)
  if protocol.test_size is not None:
    differing.append(
      f"test size {protocol.test_size} instead of all trajectories, 32 or more"
    )
  if processor != _PUBLISHED_PROCESSOR:
    differing.append(f"processor {processor} instead of {_PUBLISHED_PROCESSOR}")
  distances = [] if differing else _distances(records)
  others = [a for a in activations(records) if a != _PUBLISHED_ACTIVATION]
  if others:
    names = ", ".join(others)
    differing.append(f"{names} instead of {_PUBLISHED_ACTIVATION}")
  if records and not any(r["algorithm"] in PUBLISHED for r in records):
    differing = []  # Nothing is published.
  return [
    *(f"differs from published: {difference}" for difference in differing),
    *distances,
    *([_SITES[sites]] if others else []),
    *_missing(records),
  ]


def _distances(records: Records) -> list[str]:
  """A line on how far means are from those that were published."""
  distances = {
    algorithm: (100 * statistics.fmean(scores) - published.mean) / published.std
    for (algorithm, activation), scores in by_key(records).items()
    if activation == _PUBLISHED_ACTIVATION
    and (published := PUBLISHED.get(algorithm))
  }
  if not distances:
    return []
  names = ordered(distances)
  listed = ", ".join(f"{name} {distances[name]:+.1f}" for name in names)
  far = [name for name in names if abs(distances[name]) > _NEAR]
  return [
    f"{_PUBLISHED_ACTIVATION} minus published, in published standard "
    f"deviations: {listed}; beyond {_NEAR:.0f}: {', '.join(far) or 'none'}"
  ]


def coverage(records: Records) -> list[str]:
  """A line that names what is missing of the 30 algorithms, or what is there.

  Whichever list is shorter.
  """
  trained = {record["algorithm"] for record in records}
  here = [a for a in ALGORITHMS if a in trained]
  missing = [a for a in ALGORITHMS if a not in trained]
  count = len(ALGORITHMS)
  if not here or not missing:
    return []
  if len(missing) < len(here):
    return [f"missing of the {count} algorithms: {', '.join(missing)}"]
  return [f"{len(here)} of the {count} algorithms: {', '.join(here)}"]


def _missing(records: Records) -> list[str]:
  """Lines on seeds, on divergence, and on algorithms that means leave out."""
  lines = too_few(num_seeds(records))
  diverged = Counter(
    r["activation"] for r in records if r["diverged_step"] is not None
  )
  if diverged:
    listed = ", ".join(f"{name} {count}" for name, count in diverged.items())
    lines.append(f"diverged: {listed} (of {len(records)} trainings)")
  chosen = complete(records)
  left_out = {r["algorithm"] for r in records} - set(chosen)
  if chosen and left_out:
    listed = ", ".join(sorted(left_out))
    lines.append(f"in no mean, as an activation has no score there: {listed}")
  return lines
