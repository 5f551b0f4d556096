"""Results beside the published ones, and caveats on comparing them."""

import dataclasses
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from harness.core import console
from harness.core.intervals import PERCENT_LEGEND, Mean, too_few
from harness.core.naming import short_names
from harness.core.printed_table import Column, print_table
from harness.core.trainings.wording import differences
from tasks.clrs30.algorithms import (
  ALGORITHMS,
  Means,
  beyond,
  means,
  ordered,
  shortfall,
)
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PAPER, Protocol
from tasks.clrs30.published import PUBLISHED

# Lines of scores.jsonl.
Records = Sequence[Mapping[str, Any]]

_PUBLISHED_PROCESSOR, _PUBLISHED_ACTIVATION = "triplet_gmpnn", "relu"
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
    for key, values in _by_key(records).items()
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


def compared(records: Records) -> list[str]:
  """The algorithms of the 30 that `_complete` has, for means over them."""
  return [a for a in _complete(records) if a in ALGORITHMS]


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
  for activation in _activations(records):
    by_model[activation] = means({a: found[a, activation].mean for a in chosen})
  return by_model


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
  others = [a for a in _activations(records) if a != _PUBLISHED_ACTIVATION]
  if others:
    names = ", ".join(others)
    differing.append(f"{names} instead of {_PUBLISHED_ACTIVATION}")
  if records and not any(r["algorithm"] in PUBLISHED for r in records):
    differing = []  # Nothing is published.
  return [
    *(f"differs from published: {difference}" for difference in differing),
    *([_SITES[sites]] if others else []),
    *_missing(records),
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


def result_line(records: Records) -> str:
  """The result in one line."""
  if not records:
    return "no training has a score"
  by_model, further = means_by_model(records), _over_further(records)
  lines = []
  if by_model:
    published = by_model.pop("published").over_algorithms
    ours = {name: means.over_algorithms for name, means in by_model.items()}
    lines.append(
      f"{_in_words(len(compared(records)), '', ours)} (published: "
      f"{published:.2f} over the same)"
    )
  if further:
    count = len(beyond(_complete(records)))
    lines.append(_in_words(count, " beyond the 30", further))
  if not lines:
    return "no algorithm has a score with every activation"
  return "; ".join(lines)


def _in_words(count: int, which: str, numbers: Mapping[str, float]) -> str:
  """Means over a number of algorithms, by activation, in a line."""
  listed = ", ".join(f"{name} {number:.2f}" for name, number in numbers.items())
  plural = "s" if count > 1 else ""
  return f"mean over {count} algorithm{plural}{which}: {listed}"


def print_run(records: Records, settings: Mapping[str, Any]) -> None:
  """Prints the results of a run by the settings in its run.json."""
  print_results(
    records,
    Protocol.of(settings),
    settings["processor"],
    Sites(settings["sites"]),
  )


def print_results(
  records: Records, protocol: Protocol, processor: str, sites: Sites
) -> None:
  """Prints scores and means beside the published ones, caveats, the result.

  Activations that are files go by their stems.

  Args:
    records: lines of scores.jsonl.
    protocol: of all of them.
    processor: of all of them.
    sites: of all of them.
  """
  short = short_names(_activations(records))
  records = [{**r, "activation": short[r["activation"]]} for r in records]
  print_table(
    f"CLRS-30 test micro-F1 in %, mean over seeds; {PERCENT_LEGEND}",
    (
      "algorithm",
      "published",
      Column("its std", leaves=1),
      *_activations(records),
    ),
    _score_rows(records),
    elsewhere="the page of harness.report",
  )
  if len(protocol.test_lengths) > 1:
    _print_by_length(records, protocol)
  by_model = means_by_model(records)
  if by_model:
    columns = ("published", *_activations(records))
    print_table(
      "Means over what all columns have, %",
      ("mean over", *columns),
      _mean_rows(by_model, columns, compared(records)),
    )
  lines = caveats(records, protocol, processor, sites) + coverage(records)
  for line in lines:
    console.say_prose(line)
  console.say(result_line(records))


def _print_by_length(records: Records, protocol: Protocol) -> None:
  """Prints a column for each number of nodes that was tested at."""
  found, lengths = scores_by_length(records), protocol.test_lengths
  print_table(
    "Test micro-F1 in % by number of nodes, mean over seeds",
    ("algorithm", "activation", *map(str, lengths)),
    [
      [*key, *(Mean.of(found[*key, n]).percent for n in lengths)]
      for key in dict.fromkeys(key[:2] for key in found)
    ],
    elsewhere="the page of harness.report",
  )


def _score_rows(records: Records) -> list[list[str]]:
  found, seeds = _by_key(records), _num_seeds(records)

  def cell(*key: str) -> str:
    if key not in found:
      return "-"
    mean = Mean.of(found[key])
    count = mean.num_seeds
    return mean.percent + ("" if count == seeds else f" ({count} of {seeds})")

  return [
    [
      algorithm,
      *([f"{n:.2f}" for n in PUBLISHED.get(algorithm, ())] or ["-", "-"]),
      *(cell(algorithm, other) for other in _activations(records)),
    ]
    for algorithm in ordered({record["algorithm"] for record in records})
  ]


def _mean_rows(
  by_model: Mapping[str, Means], columns: Sequence[str], chosen: Sequence[str]
) -> list[list[str]]:
  numbers = {model: found.by_name() for model, found in by_model.items()}
  notes = shortfall(chosen)
  return [
    [
      f"{name} ({notes[name]})" if name in notes else name,
      *(f"{numbers[column][name]:.2f}" for column in columns),
    ]
    for name in numbers["published"]
  ]


def _complete(records: Records) -> list[str]:
  """The algorithms with a score for every activation."""
  found, activations = scores(records), _activations(records)
  return [
    algorithm
    for algorithm in ordered({record["algorithm"] for record in records})
    if all((algorithm, other) in found for other in activations)
  ]


def _over_further(records: Records) -> dict[str, float]:
  """Means in % by activation over complete algorithms beyond the 30.

  Empty if there is none.
  """
  further, found = beyond(_complete(records)), scores(records)
  return {
    activation: statistics.fmean(found[a, activation].mean for a in further)
    for activation in _activations(records)
    if further
  }


def _missing(records: Records) -> list[str]:
  """Lines on seeds, on divergence, and on algorithms that means leave out."""
  lines = too_few(_num_seeds(records))
  diverged = Counter(
    r["activation"] for r in records if r["diverged_step"] is not None
  )
  if diverged:
    listed = ", ".join(f"{name} {count}" for name, count in diverged.items())
    lines.append(f"diverged: {listed} (of {len(records)} trainings)")
  chosen = _complete(records)
  left_out = {r["algorithm"] for r in records} - set(chosen)
  if chosen and left_out:
    listed = ", ".join(sorted(left_out))
    lines.append(f"in no mean, as an activation has no score there: {listed}")
  return lines


def _by_key(records: Records) -> dict[tuple[str, str], list[float]]:
  """Test scores in [0, 1] by algorithm and activation."""
  found = defaultdict(list)
  for record in records:
    key = record["algorithm"], record["activation"]
    found[key].append(record["test_score"])
  return found


def _activations(records: Records) -> list[str]:
  return list(dict.fromkeys(record["activation"] for record in records))


def _num_seeds(records: Records) -> int:
  return len({record["seed"] for record in records})
