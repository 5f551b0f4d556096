"""The answer in the text of a response, plain or streamed."""

import json
from collections.abc import Iterator
from typing import Any

from evolve.proposers.llm.calls import CUT, REFUSED, Reply
from evolve.proposers.llm.failures import ServerError

_EVENT = ("data:", "event:", "id:", "retry:", ":")  # Lines of a stream.
_ERROR_FIELDS = {"error", "message", "detail"}
_CUT = {"length", "max_tokens", "model_length"}
_MAX_COUNT = 1 << 40  # Of tokens.


def read(text: str) -> Reply:
  """The reply in a response with status 200; a stream counts as its sum.

  Servers are taken at no word of the protocol: some put an error there, a page
  of a proxy, a stream that nobody asked for, or content in parts.

  Raises:
    ServerError: the response holds no answer.
  """
  body = _streamed(text) if text.lstrip().startswith(_EVENT) else _json(text)
  try:
    choice, usage = body["choices"][0], body.get("usage")
    if choice.get("error"):
      raise ServerError.of(choice)
    message, finish = choice["message"] or {}, choice.get("finish_reason")
    content, refusal = message.get("content"), message.get("refusal")
  except (AttributeError, LookupError, TypeError):
    raise _odd(body) from None
  answer = _text(content)
  if answer is None:
    raise ServerError(f"an answer that is no text: {json.dumps(content)}")
  if refusal and not answer:
    answer, finish = _text(refusal) or "", REFUSED
  return Reply(
    writable(answer),
    _finish(finish),
    prompt_tokens=_count(usage, "prompt_tokens"),
    completion_tokens=_count(usage, "completion_tokens"),
  )


def writable(text: str) -> str:
  """Text without the halves of characters that UTF-8 and SQLite refuse."""
  return text.encode(errors="replace").decode()


def _json(text: str) -> Any:
  try:
    return json.loads(text)
  except (ValueError, RecursionError):
    shown = text.strip() or "(nothing)"
    what = "an answer that is no JSON"
    if shown.startswith("<"):
      what = "a page, so this is not the address of the API, often .../v1"
    raise ServerError(f"{what}: {shown}") from None


def _odd(body: object) -> ServerError:
  if isinstance(body, dict) and not _ERROR_FIELDS.isdisjoint(body):
    return ServerError.of(body)
  return ServerError(f"an answer without choices: {json.dumps(body)}")


def _streamed(text: str) -> dict[str, Any]:
  """The body that a stream would have been.

  Raises:
    ServerError: it tells an error, or broke off.
  """
  pieces, finish, usage, is_done = [""], None, None, False
  for event in _events(text):
    if event == "[DONE]":
      is_done = True
      continue
    chunk = _json(event)
    if not isinstance(chunk, dict) or chunk.get("error"):
      raise ServerError.of(chunk)
    usage = chunk.get("usage") or usage
    for choice in chunk.get("choices") or ():
      delta = choice.get("delta") or choice.get("message") or {}
      pieces.append(_text(delta.get("content")) or "")
      finish = choice.get("finish_reason") or finish
  if not (is_done or finish):
    raise ServerError(f"a stream that broke off after {len(text)} characters")
  message = {"content": "".join(pieces)}
  choice = {"message": message, "finish_reason": finish}
  return {"choices": [choice], "usage": usage}


def _events(text: str) -> Iterator[str]:
  for line in text.splitlines():
    if line.startswith("data:") and (data := line[len("data:") :].strip()):
      yield data


def _text(content: object) -> str | None:
  """The text of a content, which may come in parts; None if it is none."""
  if content is None or isinstance(content, str):
    return content or ""
  if not isinstance(content, list):
    return None
  texts = [p.get("text") for p in content if isinstance(p, dict)]
  return "".join(text for text in texts if isinstance(text, str))


def _finish(reason: object) -> str | None:
  if not isinstance(reason, str):
    return None
  return CUT if reason.lower() in _CUT else writable(reason)


def _count(usage: object, name: str) -> int | None:
  """A number of tokens; None if the response does not tell it."""
  value = usage.get(name) if isinstance(usage, dict) else None
  return value if isinstance(value, int) and 0 <= value < _MAX_COUNT else None
