"""Repetition of failed calls: until an answer, or as long as it makes sense."""

import asyncio
import logging
import random

from evolve.proposers.llm.calls import GAVE_UP, CallLog, Question, Reply
from evolve.proposers.llm.client_config import RetryPolicy
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.failures import FailedCallError
from evolve.proposers.llm.hedging import Hedging
from harness.core.errors import UserError

_MAX_WAIT = 60.0  # Seconds between two tries, unless the server asks for more.

_log = logging.getLogger("actmine")


class Retries:
  """Asks the questions of an event loop, however often that takes.

  A question that keeps failing while others are answered is given up. While
  none is answered, the endpoint is at fault: no question is given up, each
  waits longer and longer, and in the end the run stops, its budget saved.
  """

  def __init__(self, policy: RetryPolicy, calls: CallLog, hedging: Hedging):
    self._policy = policy
    self._calls = calls
    self._hedging = hedging
    self._num_answers = 0  # To all questions.

  async def ask(self, endpoint: Endpoint, question: Question) -> Reply:
    """Returns the answer, or the last error of a question that is given up.

    Raises:
      UserError: the endpoint refuses such calls, or has an outage.
    """
    tries = in_vain = 0  # In vain: since the last answer to any question.
    num_answers = self._num_answers
    while True:
      tries += 1
      try:
        reply = await self._hedging.call(endpoint, question)
      except FailedCallError as error:
        failure = error
      else:
        self._num_answers += 1
        return reply
      in_vain = in_vain + 1 if num_answers == self._num_answers else 1
      num_answers = self._num_answers
      if tries - in_vain >= self._policy.tries:
        self._say(question, f"{failure}; given up after {tries} calls")
        self._calls.give_up(question)
        return Reply(None, GAVE_UP, str(failure))
      if in_vain >= self._policy.outage_tries:
        raise UserError(
          f"language models keep failing: {failure}; when they are back, go on "
          "with --resume"
        )
      wait = failure.retry_after or self._backoff(tries)
      count = f"failure {in_vain} of at most {self._policy.outage_tries}"
      self._say(question, f"{failure}; {count}, asking again in {wait:.0f} s")
      await asyncio.sleep(wait)

  def _say(self, question: Question, text: str) -> None:
    _log.warning("%s, slot %d: %s", question.model.name, question.slot, text)

  def _backoff(self, tries: int) -> float:
    """Exponential back-off with full jitter (Brooker, AWS, 2015), seconds."""
    most = min(_MAX_WAIT, self._policy.backoff * 2 ** (tries - 1))
    return random.uniform(0.0, most)
