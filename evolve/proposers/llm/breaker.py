"""A circuit breaker: an endpoint that keeps failing is left alone, then given
up, before it burns what is left of a budget.

Nygard, Release It! (2007); closed, open and half-open as there.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator


@dataclasses.dataclass(frozen=True)
class Patience:
  """How long failures are put up with.

  Attributes:
    tries: of one question; more than `failures`, so that none is given up for
      what ails all of them.
    backoff: seconds, at most, before the second try; doubled for each further.
    failures: calls that fail in a row before all calls pause.
    pause: seconds; each further pause is twice as long.
    pauses: in a row before the run ends.
  """

  tries: int = 6
  backoff: float = 1.0
  failures: int = 5
  pause: float = 30.0
  pauses: int = 3


class GivenUpError(Exception):
  """Nothing but failures, pauses included."""


class Breaker:
  """Counts the failures of all calls of an event loop."""

  def __init__(self, patience: Patience):
    self._patience = patience
    self._failures = 0  # In a row.
    self._pauses = 0  # In a row.
    self._trial = asyncio.Lock()  # While open, one call at a time.

  @property
  def is_open(self) -> bool:
    return self._failures >= self._patience.failures

  @contextlib.asynccontextmanager
  async def turn(self) -> AsyncIterator[bool]:
    """Waits until a call may be made; whether it tries an open circuit."""
    if self.is_open:
      async with self._trial:
        if self.is_open:  # The trial before may have succeeded.
          await asyncio.sleep(self._patience.pause * 2**self._pauses)
          yield self.is_open  # A call from before may have succeeded.
          return
    yield False

  def succeeded(self) -> None:
    self._failures = self._pauses = 0

  def failed(self, error: str, *, is_trial: bool) -> None:
    """Counts a failure.

    Raises:
      GivenUpError: it was one too many.
    """
    self._failures += 1
    self._pauses += is_trial
    if self._pauses >= self._patience.pauses:
      raise GivenUpError(error)
