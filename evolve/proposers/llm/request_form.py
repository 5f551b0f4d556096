"""Forms of requests: what servers call the same thing differs between them."""

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any

from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.models import Message, Model
from harness.core.errors import UserError

_LIMITS = ("max_tokens", "max_completion_tokens")  # Old and new name.
_LEAST_TOKENS = 512  # An answer that is shorter holds no program.

# Fields that are no extra ones, with the flag that sets each.
_RESERVED = {
  "model": "--llm",
  "messages": None,
  "temperature": "--llm_temperature",
  **dict.fromkeys(_LIMITS, "--llm_max_answer"),
}

# Words of services and servers, as their users report them.
_TOO_LONG = re.compile(
  r"context.?(?:length|window|size)|range of max_"
  r"|max_\w*tokens\W.{0,80}?(?:too (?:large|big|high|long)|at most|less than"
  r"|exceed|maximum|valid range|<=|>)",
  re.I | re.S,
)
_SYSTEM_ROLE = re.compile(
  r"system.{0,20}\brole|\brole\b.{0,40}system|system messages?\b.{0,20}\bnot"
  r"|roles must alternate",
  re.I | re.S,
)
_STREAM = re.compile(
  r"only.{0,20}stream|non.?stream|stream\W{0,3}(?:=|parameter|mode)"
  r"|stream.{0,20}(?:true|required)",
  re.I | re.S,
)


@dataclasses.dataclass(frozen=True)
class RequestForm:
  """The form of requests that a model takes, as far as refusals taught it.

  Attributes:
    max_tokens: of an answer.
    limits: names of that limit that the model may know, the first in use.
    has_temperature: whether it is sent.
    has_system: whether a message may have the system's role; else its text
      begins the user's.
    streams: whether answers come in pieces.
    counts: whether a stream is asked for the number of its tokens.
  """

  max_tokens: int
  limits: tuple[str, ...] = _LIMITS
  has_temperature: bool = True
  has_system: bool = True
  streams: bool = False
  counts: bool = True

  @classmethod
  def first(cls, model: Model, sampling: Sampling) -> "RequestForm":
    """The form to begin with: what OpenAI prefers, or what most others know."""
    limits = _LIMITS[::-1] if model.is_openai else _LIMITS
    return cls(sampling.max_tokens, limits)

  def body(
    self, model: Model, prompt: Sequence[Message], sampling: Sampling
  ) -> dict[str, Any]:
    """The JSON of a request."""
    body: dict[str, Any] = {
      "model": model.name,
      "messages": list(prompt) if self.has_system else _without_system(prompt),
      self.limits[0]: self.max_tokens,
    }
    if self.has_temperature:
      body["temperature"] = sampling.temperature
    if self.streams:
      body["stream"] = True
      if self.counts:
        body["stream_options"] = {"include_usage": True}
    return body | dict(sampling.extra)

  def after(self, refusal: str) -> tuple["RequestForm", str] | None:
    """The form to try after a refusal; None if it names nothing to change.

    It never returns to a form that was refused.

    Returns:
      The form, and what is new in it, in words.
    """
    if is_too_long(refusal):
      return self._shorter()
    if _names(self.limits[0], refusal) and len(self.limits) > 1:
      old, *others = self.limits
      form = dataclasses.replace(self, limits=tuple(others))
      return form, f"takes no {old}; gets {others[0]} instead"
    if self.has_temperature and _names("temperature", refusal):
      form = dataclasses.replace(self, has_temperature=False)
      return form, "takes no temperature; gets none"
    if self.has_system and _SYSTEM_ROLE.search(refusal):
      form = dataclasses.replace(self, has_system=False)
      return form, "takes no system message; gets its text in the user's"
    if self.streams and self.counts and _names("stream_options", refusal):
      form = dataclasses.replace(self, counts=False)
      return form, "takes no stream_options; gets none"
    if not self.streams and _STREAM.search(refusal):
      return dataclasses.replace(self, streams=True), "answers in streams only"
    return None

  def _shorter(self) -> tuple["RequestForm", str] | None:
    half = self.max_tokens // 2
    if half < _LEAST_TOKENS:
      return None
    form = dataclasses.replace(self, max_tokens=half)
    return form, f"has no room for {self.max_tokens} tokens; gets {half}"


def read_extra(text: str) -> dict[str, Any]:
  """The fields of --llm_extra.

  Raises:
    UserError: it is no JSON object, or a flag of its own sets a field.
  """
  try:
    extra = json.loads(text)
  except ValueError:
    extra = None
  if not isinstance(extra, dict):
    raise UserError(
      "--llm_extra takes a JSON object, as in "
      f"--llm_extra='{{\"enable_thinking\": false}}', not {text}"
    )
  for name in _RESERVED.keys() & extra:
    way_out = _RESERVED[name] or "the search itself"
    raise UserError(f"--llm_extra: {name} is set by {way_out}")
  return extra


def is_too_long(refusal: str) -> bool:
  """True if the prompt and the longest answer don't fit."""
  return bool(_TOO_LONG.search(refusal))


def _names(field: str, refusal: str) -> bool:
  return bool(re.search(rf"(?<!\w){field}(?!\w)", refusal))


def _without_system(prompt: Sequence[Message]) -> list[Message]:
  """The same conversation without a system message."""
  texts = [m["content"] for m in prompt if m["role"] == "system"]
  first, *others = (m for m in prompt if m["role"] != "system")
  content = "\n\n".join([*texts, first["content"]])
  return [{"role": first["role"], "content": content}, *others]
