"""Repetition of failed calls: until an answer, or as long as it makes sense."""

import asyncio
import logging
import random
import time

from evolve.proposers.llm.calls import GAVE_UP, CallLog, Question, Reply
from evolve.proposers.llm.client_config import RetryPolicy
from evolve.proposers.llm.endpoint import Endpoint, FailedCallError
from harness.core.errors import UserError

_MAX_WAIT = 60.0  # Seconds between two tries, unless the server asks for more.

_log = logging.getLogger("actmine")


class Retries:
  """Asks the questions of an event loop, and commits every call of theirs.

  A question that keeps failing while others are answered is given up. While
  none is answered, the endpoint is at fault: no question is given up, each
  waits longer and longer, and in the end the run stops, its budget saved.
  """

  def __init__(self, policy: RetryPolicy, calls: CallLog):
    self._policy = policy
    self._calls = calls
    self._num_answers = 0  # To all questions.

  async def ask(self, endpoint: Endpoint, question: Question) -> Reply:
    """Returns the answer, or the last error of a question that is given up.

    Raises:
      UserError: the endpoint refuses such calls, or has an outage.
    """
    tries = in_vain = 0  # In vain: since the last answer to any question.
    num_answers = self._num_answers
    while True:
      tries, start = tries + 1, time.monotonic()
      try:
        reply = await endpoint.call(question)
      except FailedCallError as error:
        failure = error
      else:
        self._num_answers += 1
        return self._commit(question, reply, start)
      _log.warning("%s: %s", question.model.name, failure)
      in_vain = in_vain + 1 if num_answers == self._num_answers else 1
      num_answers = self._num_answers
      gives_up = tries - in_vain >= self._policy.tries
      reply = Reply(None, GAVE_UP if gives_up else None, str(failure))
      reply = self._commit(question, reply, start)
      if gives_up:
        return reply
      if in_vain >= self._policy.outage_tries:
        raise UserError(
          f"language models keep failing: {failure}; when they are back, go on "
          "with --resume"
        )
      await asyncio.sleep(failure.retry_after or self._backoff(tries))

  def _commit(self, question: Question, reply: Reply, start: float) -> Reply:
    reply = reply._replace(seconds=time.monotonic() - start)
    self._calls.add(question, reply)
    return reply

  def _backoff(self, tries: int) -> float:
    """Exponential back-off with full jitter (Brooker, AWS, 2015), seconds."""
    most = min(_MAX_WAIT, self._policy.backoff * 2 ** (tries - 1))
    return random.uniform(0.0, most)
