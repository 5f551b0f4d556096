"""Failures of calls to language models, in the words of who caused them."""

import json
import re
from typing import Any, Self

import openai

_PASSING = {408, 409, 425, 429}  # And all from 500.
# Codes and words of content filters, of which each service has its own.
_FILTERED = re.compile(
  r"content[ _](?:management |usage )?(?:filter|polic)|data_inspection_failed"
  r"|responsible ?ai|flagged|usage polic",
  re.I,
)


class FailedCallError(Exception):
  """A call without an answer; the next one may have one.

  Attributes:
    retry_after: seconds that the server asks to wait; 0 if it does not.
  """

  def __init__(self, message: str, retry_after: float = 0.0):
    super().__init__(message)
    self.retry_after = retry_after


class ServerError(Exception):
  """A response without an answer.

  Attributes:
    words: the server's message, or else all that it sent.
    status: of the response, or the code in a response that says 200; None if
      neither tells a failure.
    code, param: as the protocol names them; empty if not given.
  """

  def __init__(
    self, words: str, status: int | None = None, code: str = "", param: str = ""
  ):
    super().__init__(f"{status}: {words}" if status else words)
    self.words = words
    self.status = status
    self.code = code
    self.param = param

  @classmethod
  def of(cls, body: object, status: int | None = None) -> Self:
    """The error in a body, which is decoded JSON, or text that is none."""
    fields: dict[str, Any] = body if isinstance(body, dict) else {}
    while isinstance(inner := fields.get("error"), dict):
      fields = inner
    code = fields.get("code")
    return cls(
      _words(body, fields),
      status or _status(code),
      "" if code is None else str(code),
      str(fields.get("param") or ""),
    )

  @property
  def text(self) -> str:
    """All that tells the cause."""
    return f"{self.code} {self.param} {self.words}"

  @property
  def may_pass(self) -> bool:
    """True if another call may succeed."""
    if self.code == "insufficient_quota":
      return False
    return self.status is None or self.status in _PASSING or self.status >= 500

  @property
  def is_filtered(self) -> bool:
    """True if a content filter refuses the prompt, and would again."""
    return self.status in (400, 403) and bool(_FILTERED.search(self.text))


def cause(error: openai.APIConnectionError) -> str:
  """The reason why a connection failed, which the client hides."""
  root: BaseException = error
  while below := root.__cause__ or root.__context__:
    root = below
  reason = str(getattr(root, "strerror", None) or root)
  if "WRONG_VERSION_NUMBER" in reason:
    reason = "the server speaks no TLS: its address begins with http://"
  return f"{error.message.rstrip('.')}: {reason or type(root).__name__}"


def _words(body: object, fields: dict[str, Any]) -> str:
  said = (fields.get(name) for name in ("message", "detail", "error", "msg"))
  words = next((text for text in said if isinstance(text, str) and text), "")
  # Of services that pass requests on: the words of the one behind.
  details = fields.get("metadata")
  behind = details.get("raw") if isinstance(details, dict) else None
  if words and behind:
    return f"{words} ({behind})"
  if words:
    return words
  if isinstance(body, str):
    return body.strip() or "an empty response"
  return json.dumps(body)


def _status(code: object) -> int | None:
  """The HTTP status that a code is; None for other codes."""
  text = str(code)
  return int(text) if re.fullmatch("[45][0-9]{2}", text) else None
