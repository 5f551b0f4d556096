"""The live status line of evaluations of given activations."""

import time
from collections.abc import Sequence

from harness.core.durations import time_left
from harness.core.fitness import Report, Status


class EvaluationLine:
  """The activations in work, those done and failed, and the time left."""

  def __init__(self, what: str, names: Sequence[str], num_workers: int):
    """Begins to count.

    Args:
      what: is done to them, such as "scoring".
      names: of the activations, in the order in which they are begun.
      num_workers: evaluations at a time.
    """
    self._what = what
    self._names = names
    self._num_workers = num_workers
    self._left = dict(enumerate(names))
    self._num_failed = 0
    self._start = time.monotonic()

  def end(self, index: int, report: Report) -> None:
    """Takes in the report on the activation with that index."""
    self._left = {i: name for i, name in self._left.items() if i != index}
    self._num_failed += report.status is not Status.OK

  def text(self) -> str:
    """The line as it is now."""
    left, total = self._left, len(self._names)
    in_work = ", ".join(list(left.values())[: self._num_workers])
    failed = f", {self._num_failed} failed" if self._num_failed else ""
    seconds = time.monotonic() - self._start
    estimate = time_left(total - len(left), len(left), seconds)
    done = f"{total - len(left)} of {total} done"
    return f"{self._what} {in_work}: {done}{failed}{estimate}"
