"""One call to a language model: its request, and its reply or failure."""

import asyncio
import email.utils
import logging
import time
from typing import Any, NoReturn

import httpx2
import openai

from evolve.proposers.llm import completion, failures, request_form
from evolve.proposers.llm.calls import REFUSED, Question, Reply
from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.failures import FailedCallError, ServerError
from evolve.proposers.llm.models import NO_KEY, Model
from evolve.proposers.llm.request_form import RequestForm
from harness.core.errors import UserError

# A refusal of the form of a request has one of these; templates of chats fail
# with the last.
_OF_FORM = {400, 422, 500}
_MAX_RETRY_AFTER = 600.0  # Seconds.
_MAX_ERROR = 500  # Characters.

_log = logging.getLogger("actmine")


class Endpoint:
  """A model at its address, behind OpenAI's client.

  The client's own retries and timeout are off. Its retries leave no trace of a
  failed call, take a Retry-After above two minutes for a refusal, and don't
  repeat a call whose 200 holds no completion; its timeout restarts with every
  byte that arrives. Its types are, too: they hide what a server says instead of
  a completion.
  """

  def __init__(self, model: Model, key: str, sampling: Sampling):
    """Prepares calls.

    Raises:
      UserError: the environment names a proxy that can't be used.
    """
    self._model = model
    self._key = key
    self._sampling = sampling
    self._form = RequestForm.first(model, sampling)
    self._words = ""  # Of the last refusal of a form.
    try:
      self._client = openai.AsyncOpenAI(
        api_key=key, base_url=model.base_url, max_retries=0, timeout=None
      )
    except ImportError as error:  # Raised for SOCKS only.
      raise UserError(
        "a SOCKS proxy needs a package: pip install socksio, or unset "
        "ALL_PROXY, HTTP_PROXY and HTTPS_PROXY"
      ) from error
    except ValueError as error:
      raise UserError(
        f"can't use the proxy of ALL_PROXY, HTTP_PROXY or HTTPS_PROXY: {error}"
      ) from error

  async def close(self) -> None:
    await self._client.close()

  async def call(self, question: Question) -> Reply:
    """Calls once; again only if the form of the request is refused.

    Returns:
      The answer, or REFUSED with the words of a content filter.

    Raises:
      FailedCallError: another call may succeed.
      UserError: the endpoint refuses such calls.
    """
    while True:
      form = self._form
      try:
        reply = completion.read(await self._post(form, question))
      except ServerError as error:
        if error.is_filtered:
          return Reply(None, REFUSED, self._shown(str(error)))
        if error.status in _OF_FORM and self._adapts(form, error):
          continue
        if error.may_pass:
          raise FailedCallError(self._shown(str(error))) from None
        self._refuse(error)
      return reply._replace(cost=self._cost(reply))

  async def _post(self, form: RequestForm, question: Question) -> str:
    """The text of a response.

    Raises:
      FailedCallError: there is none, or it asks to wait.
      ServerError: its status is that of an error.
    """
    seconds = self._sampling.timeout
    body = form.body(self._model, question.prompt, self._sampling)
    try:
      async with asyncio.timeout(seconds):
        response: httpx2.Response = await self._client.post(
          "/chat/completions", cast_to=httpx2.Response, body=body
        )
      return response.text
    except TimeoutError as error:
      raise FailedCallError(
        f"no answer within {seconds:g} s (--llm_timeout)"
      ) from error
    except openai.APIStatusError as error:
      refusal = ServerError.of(error.body, error.status_code)
      wait = _retry_after(error)
      if wait and refusal.may_pass:
        raise FailedCallError(self._shown(str(refusal)), wait) from None
      raise refusal from None
    except openai.APIConnectionError as error:
      raise FailedCallError(self._shown(failures.cause(error))) from None
    except openai.OpenAIError as error:
      text = f"{type(error).__name__}: {error}"
      raise FailedCallError(self._shown(text)) from None

  def _adapts(self, form: RequestForm, error: ServerError) -> bool:
    """True if there is another form to try, which others may have found."""
    if self._form is form:
      changed = form.after(error.text)
      if changed is None:
        return False
      self._form, what = changed
      if self._words != error.words:
        self._words = error.words
        what += f" (it says: {self._shown(error.words)})"
      _log.warning("%s: %s", self._model.name, what)
    return True

  def _refuse(self, error: ServerError) -> NoReturn:
    if request_form.is_too_long(error.text):
      way_out = "a smaller --llm_max_answer, or a server with more context"
    elif error.status in _OF_FORM:
      way_out = "--llm_extra adds fields to requests or changes them"
    else:
      way_out = "see that its name, key and address are right"
    # No cause: it may quote the key.
    raise UserError(
      f"{self._model.name} at {self._model.base_url} refuses: "
      f"{self._shown(str(error))}; {way_out}, then go on with --resume"
    ) from None

  def _cost(self, reply: Reply) -> float | None:
    price = self._model.price
    sent, got = reply.prompt_tokens, reply.completion_tokens
    if price is None or sent is None or got is None:
      return None
    return price.cost(sent, got)

  def _shown(self, message: str) -> str:
    """One line of a message, without the key that a server may quote."""
    text = completion.writable(message)
    if self._key != NO_KEY:
      text = text.replace(self._key, "***")
    return " ".join(text.split())[:_MAX_ERROR]


def _retry_after(error: openai.APIStatusError) -> float:
  """Seconds that a Retry-After header asks for; 0 without one."""
  value: Any = error.response.headers.get("retry-after", "")
  try:
    seconds = float(value)
  except ValueError:
    try:
      moment = email.utils.parsedate_to_datetime(value)
      seconds = moment.timestamp() - time.time()
    except ValueError:
      return 0.0
  return min(max(0.0, seconds), _MAX_RETRY_AFTER)  # NaN is no more than 0.
