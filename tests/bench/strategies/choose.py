"""The choice of the function that a claim is about, among winners of searches.

  python -m tests.bench.strategies.choose

Scores the winners of all kept runs, and the rivals of the claim, on draws of
the dev streams, which chose nothing in the searches. The rule looks at what the
claim will ask: the smallest lead over a rival on dev tasks, and the smallest
lead plus the margin on tasks of other generators, each over half of its 95%
interval; the chosen function has the highest of the smaller of the two.
"""

from collections.abc import Mapping

from harness.core import console, evidence, records
from harness.core.evidence import TaskScores
from harness.core.printed_table import print_table
from tests.bench.strategies import KEPT
from tests.bench.strategies.claim import (
  MARGIN,
  RIVALS,
  Records,
  kept_folder,
  scores,
  scores_on,
  skills,
)

DEV, DEV_HELDOUT = "dev@2/256/2", "dev_heldout@2/128/1"
_LABEL = "choice"
_STRATEGIES = ("expression", "random")  # A free-form curve is no formula.


def winners() -> list[str]:
  """The files of the winners of formula searches, run by run.

  Those of the choice that was made, where one is kept.
  """
  kept = records.read_jsonl(kept_folder(_LABEL, DEV) / "scores.jsonl")
  if kept:
    names = [record["activation"] for record in kept]
    return [name for name in names if name not in RIVALS]
  return [
    str(path)
    for strategy in _STRATEGIES
    for path in sorted(KEPT.glob(f"{strategy}-[0-9]*/best.py"))
  ]


def smallest_lead(
  ours: TaskScores, rivals: Mapping[str, TaskScores], margin: float = 0.0
) -> float:
  """The smallest lead over a rival, over half of its 95% interval."""
  return min(
    _standardised(TaskScores(ours.values + margin, ours.families), theirs)
    for theirs in rivals.values()
  )


def _standardised(ours: TaskScores, theirs: TaskScores) -> float:
  lead, low, _ = evidence.difference(ours, theirs).estimate
  assert low is not None
  return lead / (lead - low) if lead > low else 0.0


def rank(
  dev: Records, dev_heldout: Records, names: list[str]
) -> dict[str, tuple[float, float]]:
  """Both leads of each function, the chosen one first."""
  leads = {
    name: (
      smallest_lead(
        scores(dev[name]), {rival: scores(dev[rival]) for rival in RIVALS}
      ),
      smallest_lead(
        skills(dev_heldout[name]),
        {rival: skills(dev_heldout[rival]) for rival in RIVALS},
        MARGIN,
      ),
    )
    for name in names
  }
  return dict(sorted(leads.items(), key=lambda item: -min(item[1])))


def main() -> None:
  names = winners()
  dev, dev_heldout = (
    scores_on(suite, _LABEL, (*names, *RIVALS)) for suite in (DEV, DEV_HELDOUT)
  )
  found = rank(dev, dev_heldout, names)
  print_table(
    "Smallest lead over a rival, over half of its 95% interval",
    ("winner", f"on {DEV}", f"on {DEV_HELDOUT}, plus {MARGIN}"),
    [(name, f"{a:.2f}", f"{b:.2f}") for name, (a, b) in found.items()],
  )
  console.say(f"chosen: {next(iter(found))}")


if __name__ == "__main__":
  main()
