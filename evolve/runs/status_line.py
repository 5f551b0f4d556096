"""The live status line of a search."""

import time
from collections import Counter

from evolve.proposers.llm.author import Author
from evolve.proposers.llm.calls import Totals
from evolve.search.config import SearchConfig
from harness.core.durations import time_left
from harness.core.fitness import Report, Status
from harness.core.intervals import ends

# Seconds; counting reads all calls, which is too much for every candidate.
_COUNT_INTERVAL = 1.0


class StatusLine:
  """Progress, best value, statuses and spending of a search, in one line."""

  def __init__(
    self,
    config: SearchConfig,
    suite: str,
    author: Author | None = None,
    num_asked: int | None = None,
  ):
    """Begins to count; `author` writes `num_asked` candidates, if known."""
    self._author = author
    self._num_asked = num_asked
    self._spent = author.totals() if author else None
    self._counted = time.monotonic()
    self._config = config
    self._suite = suite
    self._statuses: Counter[Status] = Counter()
    self._best: Report | None = None
    self._num_new = 0
    self._work = self._new_work = 0.0  # In evaluations in full.
    self._start = time.monotonic()

  def count(self, report: Report, *, is_new: bool) -> None:
    """Takes in a committed report; `is_new` if this process made it."""
    self._statuses[report.status] += 1
    self._num_new += is_new
    self._work += report.cost
    self._new_work += report.cost * is_new
    if report.value is not None and (
      self._best is None or report.value > (self._best.value or 0.0)
    ):
      self._best = report
    if self._author and time.monotonic() - self._counted > _COUNT_INTERVAL:
      self._spent, self._counted = self._author.totals(), time.monotonic()

  def text(self) -> str:
    """The line as it is now; another thread may ask for it."""
    done, config = self._statuses.total(), self._config
    seconds = time.monotonic() - self._start
    most = f" of {config.evaluations}" if config.evaluations else ""
    parts = [f"searching on {self._suite}: {done}{most} candidates"]
    if config.budget is not None:
      parts.append(f"{self._work:.0f} of {config.budget:g} of the budget")
    if self._num_new and seconds > 0:
      parts.append(f"{60 * self._num_new / seconds:.1f}/min")
    if self._best:
      parts.append(f"best {_value(self._best)}")
    parts += [f"{s.value} {n}" for s in Status if (n := self._statuses[s])]
    if self._author and self._spent and self._spent.slots:
      parts.append(f"models: {self._spending(self._spent)}")
    return ", ".join(parts) + self._time_left(done, seconds)

  def _time_left(self, done: int, seconds: float) -> str:
    """The end of the line, by what is nearer to its end."""
    config = self._config
    shares: list[tuple[float, float]] = [(self._num_new, config.most - done)]
    if config.budget is not None:
      shares.append((self._new_work, max(0.0, config.budget - self._work)))
    new, left = max(shares, key=lambda share: share[0] / (share[1] or 1e-9))
    return time_left(new, left, seconds)

  def _spending(self, spent: Totals) -> str:
    """The spending of language models, and its forecast at this rate."""
    if self._num_asked is None:
      return spending(spent)
    forecast = _price(spent, self._num_asked / max(1, spent.slots))
    return f"{spending(spent)}, forecast {forecast}"


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


def _value(report: Report) -> str:
  interval = report.value_ci95
  return f"{report.value:.3f}" + (f" ({ends(interval)})" if interval else "")
