"""The live status line of a search."""

import time
from collections import Counter

from evolve.proposers.llm.author import Author
from evolve.proposers.llm.calls import Totals
from evolve.search.config import SearchConfig
from harness.core.fitness import Report, Status

# Seconds; counting reads all calls, which is too much for every candidate.
_COUNT_INTERVAL = 1.0


class StatusLine:
  """Progress, best value, statuses and spending of a search, in one line."""

  def __init__(
    self,
    config: SearchConfig,
    suite: str,
    author: Author | None = None,
    num_asked: int = 0,
  ):
    """Begins to count; `author` writes `num_asked` candidates in all."""
    self._author = author
    self._num_asked = num_asked
    self._spent = author.totals() if author else None
    self._counted = time.monotonic()
    self._config = config
    self._suite = suite
    self._statuses: Counter[Status] = Counter()
    self._best: Report | None = None
    self._num_new = 0
    self._start = time.monotonic()

  def count(self, report: Report, *, is_new: bool) -> None:
    """Takes in a committed report; `is_new` if this process made it."""
    self._statuses[report.status] += 1
    self._num_new += is_new
    if report.value is not None and (
      self._best is None or report.value > (self._best.value or 0.0)
    ):
      self._best = report

  def text(self) -> str:
    """The line as it is now."""
    done, total = self._statuses.total(), self._config.evaluations
    minutes = (time.monotonic() - self._start) / 60
    rate = self._num_new / minutes if minutes > 0 else 0.0
    left = (total - done) / rate * 60 if rate else 0.0
    return (
      f"{self._suite}: {done}/{total} candidates, {rate:.1f}/min, "
      f"best {_value(self._best)}, {_counts(self._statuses)}, "
      f"{int(left // 60)}:{int(left % 60):02d} left{self._spending()}"
    )

  def _spending(self) -> str:
    """The spending of language models, and its forecast at this rate."""
    if not (self._author and self._spent):
      return ""
    if time.monotonic() - self._counted > _COUNT_INTERVAL:
      self._spent, self._counted = self._author.totals(), time.monotonic()
    spent = self._spent
    if not spent.slots:
      return ""
    forecast = _price(spent, self._num_asked / max(1, spent.slots))
    return f", models: {spending(spent)}, forecast {forecast}"


def spending(spent: Totals) -> str:
  """The number of calls and their cost, in words."""
  counts = {
    name: getattr(spent, name) for name in ("failed", "cut", "empty", "refused")
  }
  bad = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
  replayed = f", {spent.replayed} replayed" if spent.replayed else ""
  return f"{spent.calls} calls{bad and f' ({bad})'}{replayed}, {_price(spent)}"


def _price(spent: Totals, factor: float = 1.0) -> str:
  tokens = f"{spent.tokens * factor:,.0f} tokens"
  return tokens if spent.unpriced else f"{tokens}, ${spent.cost * factor:.2f}"


def _value(report: Report | None) -> str:
  if report is None or report.value is None:
    return "none yet"
  if report.value_ci95 is None:
    return f"{report.value:.3f}"
  low, high = report.value_ci95
  return f"{report.value:.3f} ({low:.3f} to {high:.3f})"


def _counts(statuses: Counter[Status]) -> str:
  return " ".join(f"{s.value} {statuses[s]}" for s in Status if statuses[s])
