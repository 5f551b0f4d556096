"""The table of a run on molecules, and the caveats below it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from harness.core import console
from harness.core.intervals import (
  PERCENT_LEGEND,
  leader,
  means,
  too_few,
)
from harness.core.naming import short_names
from harness.core.printed_table import print_table
from harness.core.trainings.wording import differences, divergences
from tasks.molhiv.config import DATASET
from tasks.molhiv.protocol import PAPER, Protocol
from tasks.molhiv.published import FINGERPRINTS, LEADERBOARD, Published

Records = Sequence[Mapping[str, Any]]


def print_run(records: Records, settings: Mapping[str, Any]) -> None:
  """Prints the results of a run by the settings in its run.json."""
  print_results(records, Protocol.of(settings))


def print_results(records: Records, protocol: Protocol) -> None:
  """Prints scores, the best first, beside the leaderboard's."""
  short = short_names(record["activation"] for record in records)
  named = [{**r, "activation": short[r["activation"]]} for r in records]
  test, validation = means(named, "test_auc"), means(named, "val_auc")
  rows = [
    (
      name,
      test[name].percent,
      validation[name].percent,
      str(test[name].num_seeds),
    )
    for name in sorted(test, key=lambda name: -test[name].value)
  ]
  rows += [
    ("leaderboard, relu", _shown(LEADERBOARD[protocol.model]), "", ""),
    ("fingerprints, random forest", _shown(FINGERPRINTS), "", ""),
  ]
  epochs = "1 epoch" if protocol.epochs == 1 else f"{protocol.epochs} epochs"
  print_table(
    f"{DATASET}, {protocol.model}, {epochs}; ROC-AUC in % at the epoch with "
    f"the best validation, mean over seeds; {PERCENT_LEGEND}; of the "
    "leaderboard, ± is the standard deviation over seeds",
    ("activation", "test", "validation", "seeds"),
    rows,
  )
  for line in _caveats(named, protocol):
    console.say_prose(line)
  if test:
    shown = {name: f"{mean.percent}% ROC-AUC" for name, mean in test.items()}
    console.say(leader(test, shown))
  else:
    console.say("every training diverged")


def departures(protocol: Protocol) -> list[str]:
  """Settings that the leaderboard's protocol does not have, in words."""
  return differences(protocol, dataclasses.replace(PAPER, model=protocol.model))


def _caveats(records: Records, protocol: Protocol) -> list[str]:
  lines = too_few(len({record["seed"] for record in records}))
  if different := ", ".join(departures(protocol)):
    lines.append(f"differs from the leaderboard's protocol: {different}")
  return lines + divergences(records)


def _shown(published: Published) -> str:
  return f"{published.mean:.2f} ± {published.std:.2f}"
