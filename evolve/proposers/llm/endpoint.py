"""Gets one answer out of one endpoint, through its bad moments."""

import asyncio
import email.utils
import logging
import random
import time

import openai
from openai.types.chat import ChatCompletion

from evolve.proposers.llm.breaker import Breaker, Patience
from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.record import GAVE_UP, CallRecord, Question, Reply
from harness.core.errors import UserError

_MAX_WAIT = 60.0  # Seconds between two tries, unless the server asks for more.
_MAX_RETRY_AFTER = 600.0
_RETRIED = {408, 409, 429}  # And all from 500.
_MAX_ERROR = 500  # Characters.
_MAX_COUNT = 1 << 40  # Of tokens.

_log = logging.getLogger("actmine")


class _FailedError(Exception):
  """A call without an answer that may have one next time.

  Attributes:
    retry_after: seconds that the server asks to wait.
  """

  def __init__(self, message: str, retry_after: float = 0.0):
    super().__init__(message)
    self.retry_after = retry_after


class Endpoint:
  """A model at its address. Every call is committed to the record."""

  def __init__(
    self,
    model: Model,
    key: str,
    sampling: Sampling,
    patience: Patience,
    breaker: Breaker,
    record: CallRecord,
  ):
    self._model = model
    self._key = key
    self._sampling = sampling
    self._patience = patience
    self._breaker = breaker
    self._record = record
    self._client = openai.AsyncOpenAI(
      api_key=key,
      base_url=model.base_url,
      max_retries=0,  # Each failure is to be recorded.
      timeout=None,  # It would be for each read, not for the whole call.
    )

  async def close(self) -> None:
    await self._client.close()

  async def ask(self, question: Question) -> Reply:
    """Tries until there is an answer, or no try is left.

    Returns:
      The last reply; it holds an error if all tries failed.

    Raises:
      UserError: the endpoint refuses such calls altogether.
      GivenUpError: see Breaker.
    """
    tries = 0
    while True:
      async with self._breaker.turn() as is_trial:
        reply, retry_after = await self._timed(question)
        tries += 1
        if reply.error is None:
          self._record.add(question, reply)
          self._breaker.succeeded()
          return reply
        _log.warning("%s: %s", self._model.name, reply.error)
        try:
          self._breaker.failed(reply.error, is_trial=is_trial)
        finally:
          # No question is given up for what ails all of them.
          is_last = tries >= self._patience.tries and not self._breaker.is_open
          if is_last:
            reply = reply._replace(finish_reason=GAVE_UP)
          self._record.add(question, reply)
      if is_last:
        return reply
      await asyncio.sleep(retry_after or self._jitter(tries))

  async def _timed(self, question: Question) -> tuple[Reply, float]:
    """A reply, and the seconds that the server asks to wait."""
    start, retry_after = time.monotonic(), 0.0
    try:
      reply = self._reply(await self._call(question))
    except _FailedError as error:
      shown = self._shown(str(error))
      reply, retry_after = Reply(None, error=shown), error.retry_after
    return reply._replace(seconds=time.monotonic() - start), retry_after

  async def _call(self, question: Question) -> ChatCompletion:
    """One request.

    Raises:
      UserError: asking again would not help.
      _FailedError: it might.
    """
    limit = "max_completion_tokens" if self._model.is_openai else "max_tokens"
    seconds = self._sampling.timeout
    try:
      async with asyncio.timeout(seconds):
        completion: ChatCompletion = await self._client.chat.completions.create(
          model=self._model.name,
          messages=list(question.prompt),  # type: ignore[arg-type]
          temperature=self._sampling.temperature,
          extra_body={limit: self._sampling.max_tokens},
        )
      return completion
    except TimeoutError as error:
      raise _FailedError(f"no answer within {seconds:g} s") from error
    except openai.APIStatusError as error:
      status = error.status_code
      out_of_quota = error.code == "insufficient_quota"
      if (status in _RETRIED or status >= 500) and not out_of_quota:
        raise _FailedError(
          f"{status}: {error.message}", _retry_after(error)
        ) from error
      raise UserError(
        f"{self._model.name} at {self._model.base_url} refuses: "
        f"{self._shown(error.message)}; see that its name, key and address "
        "are right, then go on with --resume"
      ) from None  # The cause may quote the key.
    except (openai.OpenAIError, ValueError, RecursionError) as error:
      raise _FailedError(f"{type(error).__name__}: {error}") from error

  def _reply(self, completion: ChatCompletion) -> Reply:
    """What a completion says; no type in it is checked by the library.

    Raises:
      _FailedError: it is none.
    """
    try:
      choice, usage = completion.choices[0], completion.usage
      message = choice.message
      text = (message.content or message.refusal or "") if message else ""
    except (AttributeError, LookupError, TypeError) as error:
      raise _FailedError("an answer without choices") from error
    if (answer := _text(text)) is None:
      raise _FailedError("an answer that is no text")
    reply = Reply(
      answer,
      finish_reason=_text(choice.finish_reason),
      prompt_tokens=_count(getattr(usage, "prompt_tokens", None)),
      completion_tokens=_count(getattr(usage, "completion_tokens", None)),
    )
    sent, got = reply.prompt_tokens, reply.completion_tokens
    if self._model.price is None or sent is None or got is None:
      return reply
    return reply._replace(cost=self._model.price.cost(sent, got))

  def _shown(self, message: str) -> str:
    """A server may quote the key that it was sent."""
    line = " ".join(_writable(message).replace(self._key, "***").split())
    return line[:_MAX_ERROR]

  def _jitter(self, tries: int) -> float:
    """Exponential back-off with full jitter (Brooker, AWS, 2015), seconds."""
    most = min(_MAX_WAIT, self._patience.backoff * 2 ** (tries - 1))
    return random.uniform(0.0, most)


def _text(value: object) -> str | None:
  """None if it is none."""
  return _writable(value) if isinstance(value, str) else None


def _writable(text: str) -> str:
  """JSON may hold halves of characters, which UTF-8 and SQLite refuse."""
  return text.encode(errors="replace").decode()


def _count(value: object) -> int | None:
  """None if it is no number of tokens."""
  return value if isinstance(value, int) and 0 <= value < _MAX_COUNT else None


def _retry_after(error: openai.APIStatusError) -> float:
  """Seconds that a Retry-After header asks for; 0 without one."""
  value = error.response.headers.get("retry-after", "")
  try:
    seconds = float(value)
  except ValueError:
    try:
      moment = email.utils.parsedate_to_datetime(value)
      seconds = moment.timestamp() - time.time()
    except ValueError:
      return 0.0
  return min(max(0.0, seconds), _MAX_RETRY_AFTER)  # NaN is no more than 0.
