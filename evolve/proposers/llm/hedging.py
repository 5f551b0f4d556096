"""Second calls for those that hang, since a search waits for each in turn."""

import asyncio
import collections
import logging
import statistics
import time

from evolve.proposers.llm.calls import CallLog, Question, Reply
from evolve.proposers.llm.client_config import HedgePolicy
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.failures import FailedCallError
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.spending import Spending

_MEMORY = 64  # Answers of a model that tell its usual time.

_log = logging.getLogger("actmine")


class Hedging:
  """Calls of an event loop, each committed as it ends.

  One that takes a few times as long as usual is made a second time, and the
  first answer is the reply: hedged requests (Dean and Barroso, The Tail at
  Scale, 2013). The other call is not given up, as it is paid for all the same:
  it is committed when it ends, after the reply.
  """

  def __init__(self, policy: HedgePolicy, calls: CallLog, spending: Spending):
    self._policy = policy
    self._calls = calls
    self._spending = spending
    self._seconds: dict[str, collections.deque[float]] = (
      collections.defaultdict(lambda: collections.deque(maxlen=_MEMORY))
    )
    self._in_flight: set[asyncio.Task[Reply]] = set()
    self._late: set[asyncio.Task[None]] = set()

  async def call(self, endpoint: Endpoint, question: Question) -> Reply:
    """The reply to a question whose call is reserved.

    Raises:
      FailedCallError: each call failed; another one may succeed.
      UserError: see Endpoint.
    """
    first = self._begin(endpoint, question)
    patience = self._patience(question.model)
    await asyncio.wait({first}, timeout=patience)
    if first.done() or not self._spending.reserve_second(question):
      return await first
    _log.warning(
      "%s, slot %d: no answer for %.0f s, a few times as long as usual; asking "
      "a second time",
      question.model.name,
      question.slot,
      patience,
    )
    start = time.monotonic()
    second = self._begin(endpoint, question)
    await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    if not (_is_answered(first) or _is_answered(second)):
      await asyncio.wait({first, second})
    winner, other = (second, first) if _is_answered(second) else (first, second)
    late = asyncio.create_task(self._settle(question, other, start))
    self._late.add(late)
    late.add_done_callback(self._late.discard)
    return await winner

  async def close(self) -> None:
    """Ends the calls in flight; those for answered questions leave a record."""
    for call in self._in_flight:
      call.cancel()
    await asyncio.gather(*self._in_flight, *self._late, return_exceptions=True)

  def _begin(
    self, endpoint: Endpoint, question: Question
  ) -> asyncio.Task[Reply]:
    task = asyncio.create_task(self._committed(endpoint, question))
    self._in_flight.add(task)
    task.add_done_callback(self._ended)
    return task

  def _ended(self, call: asyncio.Task[Reply]) -> None:
    self._in_flight.discard(call)
    if not call.cancelled():
      call.exception()  # Nobody may be left to ask for it.

  async def _committed(self, endpoint: Endpoint, question: Question) -> Reply:
    start = time.monotonic()
    try:
      reply = await endpoint.call(question)
    except FailedCallError as error:
      self._commit(question, Reply(None, error=str(error)), start)
      raise
    return self._commit(question, reply, start)

  def _commit(self, question: Question, reply: Reply, start: float) -> Reply:
    reply = reply._replace(seconds=time.monotonic() - start)
    self._calls.add(question, reply)
    if reply.answer is not None:
      self._seconds[question.model.name].append(reply.seconds)
    return reply

  async def _settle(
    self, question: Question, call: asyncio.Task[Reply], start: float
  ) -> None:
    """Waits for the call that was not the first to answer."""
    reply = None
    await asyncio.wait({call})
    if call.cancelled():
      unanswered = Reply(None, error="unanswered at the end of the run")
      self._commit(question, unanswered, start)
    elif call.exception() is None:
      reply = call.result()
    await self._spending.settle(question, reply, is_second=True)

  def _patience(self, model: Model) -> float | None:
    """Seconds until a call hangs; None while the usual time is not known."""
    seconds = self._seconds[model.name]
    if len(seconds) < self._policy.known:
      return None
    usual = statistics.median(seconds)
    return max(self._policy.least, self._policy.factor * usual)


def _is_answered(call: asyncio.Task[Reply]) -> bool:
  return call.done() and not call.cancelled() and call.exception() is None
