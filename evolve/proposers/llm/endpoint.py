"""One call to a language model: its request, and its reply or failure."""

import asyncio
import email.utils
import time

import openai
from openai.types.chat import ChatCompletion

from evolve.proposers.llm.calls import Question, Reply
from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.models import Model
from harness.core.errors import UserError

_RETRIED = {408, 409, 429}  # And all from 500.
_MAX_RETRY_AFTER = 600.0  # Seconds.
_MAX_ERROR = 500  # Characters.
_MAX_COUNT = 1 << 40  # Of tokens.


class FailedCallError(Exception):
  """A call without an answer; the next one may have one.

  Attributes:
    retry_after: seconds that the server asks to wait; 0 if it does not.
  """

  def __init__(self, message: str, retry_after: float = 0.0):
    super().__init__(message)
    self.retry_after = retry_after


class Endpoint:
  """A model at its address, behind OpenAI's client.

  The client's own retries and timeout are off. Its retries leave no trace of a
  failed call, take a Retry-After above two minutes for a refusal, and don't
  repeat a call whose 200 holds no completion; its timeout restarts with every
  byte that arrives.
  """

  def __init__(self, model: Model, key: str, sampling: Sampling):
    self._model = model
    self._key = key
    self._sampling = sampling
    self._client = openai.AsyncOpenAI(
      api_key=key, base_url=model.base_url, max_retries=0, timeout=None
    )

  async def close(self) -> None:
    await self._client.close()

  async def call(self, question: Question) -> Reply:
    """Calls once.

    Raises:
      FailedCallError: another call may succeed.
      UserError: the endpoint refuses such calls.
    """
    try:
      return self._reply(await self._completion(question))
    except FailedCallError as error:
      shown = self._shown(str(error))
      raise FailedCallError(shown, error.retry_after) from None

  async def _completion(self, question: Question) -> ChatCompletion:
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
      raise FailedCallError(f"no answer within {seconds:g} s") from error
    except openai.APIStatusError as error:
      status = error.status_code
      out_of_quota = error.code == "insufficient_quota"
      if (status in _RETRIED or status >= 500) and not out_of_quota:
        message = f"{status}: {error.message}"
        raise FailedCallError(message, _retry_after(error)) from error
      raise UserError(
        f"{self._model.name} at {self._model.base_url} refuses: "
        f"{self._shown(error.message)}; see that its name, key and address "
        "are right, then go on with --resume"
      ) from None  # The cause may quote the key.
    except (openai.OpenAIError, ValueError, RecursionError) as error:
      raise FailedCallError(f"{type(error).__name__}: {error}") from error

  def _reply(self, completion: ChatCompletion) -> Reply:
    """The reply in a completion, whose types the library does not check.

    Raises:
      FailedCallError: the completion holds no text.
    """
    try:
      choice, usage = completion.choices[0], completion.usage
      message = choice.message
      text = (message.content or message.refusal or "") if message else ""
    except (AttributeError, LookupError, TypeError) as error:
      raise FailedCallError("an answer without choices") from error
    if (answer := _text(text)) is None:
      raise FailedCallError("an answer that is no text")
    sent = _count(getattr(usage, "prompt_tokens", None))
    got = _count(getattr(usage, "completion_tokens", None))
    cost, price = None, self._model.price
    if price and sent is not None and got is not None:
      cost = price.cost(sent, got)
    return Reply(answer, _text(choice.finish_reason), None, sent, got, cost)

  def _shown(self, message: str) -> str:
    """One line of a message, without the key that a server may quote."""
    line = " ".join(_writable(message).replace(self._key, "***").split())
    return line[:_MAX_ERROR]


def _text(value: object) -> str | None:
  return _writable(value) if isinstance(value, str) else None


def _writable(text: str) -> str:
  """Text without the halves of characters that UTF-8 and SQLite refuse."""
  return text.encode(errors="replace").decode()


def _count(value: object) -> int | None:
  """A number of tokens; None for anything else."""
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
