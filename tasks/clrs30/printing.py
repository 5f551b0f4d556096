"""The results of a run on a terminal, beside the published ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import console
from harness.core.intervals import PERCENT_LEGEND, Mean
from harness.core.naming import short_names
from harness.core.printed_table import Column, print_table
from tasks.clrs30.algorithms import Means, beyond, ordered, shortfall
from tasks.clrs30.caveats import caveats, coverage
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.published import PUBLISHED
from tasks.clrs30.results import (
  Records,
  activations,
  by_key,
  compared,
  complete,
  means_by_model,
  num_seeds,
  over_further,
  scores_by_length,
)


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
  short = short_names(activations(records))
  records = [{**r, "activation": short[r["activation"]]} for r in records]
  print_table(
    f"CLRS-30 test micro-F1 in %, mean over seeds; {PERCENT_LEGEND}",
    (
      "algorithm",
      "published",
      Column("its std", leaves=1),
      *activations(records),
    ),
    _score_rows(records),
    elsewhere="the page of harness.report",
  )
  if len(protocol.test_lengths) > 1:
    _print_by_length(records, protocol)
  by_model = means_by_model(records)
  if by_model:
    columns = ("published", *activations(records))
    print_table(
      "Means over what all columns have, %",
      ("mean over", *columns),
      _mean_rows(by_model, columns, compared(records)),
    )
  lines = caveats(records, protocol, processor, sites) + coverage(records)
  for line in lines:
    console.say_prose(line)
  console.say(result_line(records))


def _score_rows(records: Records) -> list[list[str]]:
  found, seeds = by_key(records), num_seeds(records)

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
      *(cell(algorithm, other) for other in activations(records)),
    ]
    for algorithm in ordered({record["algorithm"] for record in records})
  ]


def _print_by_length(records: Records, protocol: Protocol) -> None:
  """Prints a column for each number of nodes that was tested at."""
  found, lengths = scores_by_length(records), protocol.test_lengths
  print_table(
    "Test micro-F1 in % by number of nodes, mean over seeds",
    ("algorithm", "activation", *map(str, lengths)),
    [
      [
        *key,
        *(
          Mean.of(found[*key, n]).percent if (*key, n) in found else "-"
          for n in lengths
        ),
      ]
      for key in dict.fromkeys(key[:2] for key in found)
    ],
    elsewhere="the page of harness.report",
  )


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


def result_line(records: Records) -> str:
  """The result in one line."""
  if not records:
    return "no training has a score"
  by_model, further = means_by_model(records), over_further(records)
  lines = []
  if by_model:
    published = by_model.pop("published").over_algorithms
    ours = {name: means.over_algorithms for name, means in by_model.items()}
    lines.append(
      f"{_in_words(len(compared(records)), '', ours)} (published: "
      f"{published:.2f} over the same)"
    )
  if further:
    count = len(beyond(complete(records)))
    lines.append(_in_words(count, " beyond the 30", further))
  if not lines:
    return "no algorithm has a score with every activation"
  return "; ".join(lines)


def _in_words(count: int, which: str, numbers: Mapping[str, float]) -> str:
  """Means over a number of algorithms, by activation, in a line."""
  listed = ", ".join(f"{name} {number:.2f}" for name, number in numbers.items())
  plural = "s" if count > 1 else ""
  return f"mean over {count} algorithm{plural}{which}: {listed}"
