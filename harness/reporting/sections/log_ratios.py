"""Log-ratios of OOD losses to ReLU's, as in the figure of arXiv 2602.05688."""

from collections.abc import Mapping

from harness.core.evidence import Estimate
from harness.reporting import statistics
from harness.reporting.document import Figure
from harness.reporting.figures import estimates

BASELINE = "relu"

# By task; None is a loss that is not finite.
Losses = Mapping[str, float | None]


def figures(
  losses: Mapping[str, Losses], suite: str, prefix: str, seed: int
) -> list[Figure]:
  """The log-ratios of activations; nothing without the baseline.

  Args:
    losses: out of distribution, by activation.
    suite: the tasks.
    prefix: makes the name of the figure unique on the page.
    seed: keys the bootstrap.
  """
  if BASELINE not in losses:
    return []
  ratios = {
    name: ratio
    for name, ours in losses.items()
    if name != BASELINE and (ratio := _log_ratio(ours, losses[BASELINE], seed))
  }
  if not ratios:
    return []
  ranked = sorted(ratios, key=lambda name: -ratios[name].value)
  return [
    Figure(
      f"{prefix}_log_ratio",
      f"Loss out of distribution on {suite} against {BASELINE}'s: mean over "
      f"tasks of log({BASELINE}'s loss / loss), with 95% bootstrap intervals "
      "over tasks. Right of the line the loss is lower. Searches maximise OOD "
      "score, not this ratio, in which a single exploding loss weighs much; "
      "tasks where a loss is not finite are left out.",
      estimates.draw(
        ranked,
        [ratios[name] for name in ranked],
        f"log-ratio of OOD loss to {BASELINE} (natural logarithm)",
        reference=0.0,
      ),
    )
  ]


def _log_ratio(ours: Losses, theirs: Losses, seed: int) -> Estimate | None:
  tasks = sorted(ours.keys() & theirs.keys())
  return statistics.log_ratio(
    [_number(ours[task]) for task in tasks],
    [_number(theirs[task]) for task in tasks],
    seed,
  )


def _number(loss: float | None) -> float:
  return float("nan") if loss is None else loss
