"""Language models behind chat endpoints: names, addresses, keys and prices."""

import dataclasses
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from harness.core.errors import UserError

Message = dict[str, str]  # Of a chat: its role and content.

NO_KEY = "none"  # For local servers.
_OPENAI = "https://api.openai.com/v1"
_HOST = re.compile(r"(?:localhost|[\d.]+|\[[\da-fA-F:]+\])(?::\d+)?(?:/.*)?")


@dataclasses.dataclass(frozen=True)
class Price:
  """US dollars per million tokens."""

  prompt: float
  completion: float

  def __post_init__(self) -> None:
    if not all(0 <= p < math.inf for p in (self.prompt, self.completion)):
      raise ValueError(f"{self} is no price")

  def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
    """US dollars."""
    total = self.prompt * prompt_tokens + self.completion * completion_tokens
    return total / 1e6


@dataclasses.dataclass(frozen=True)
class Model:
  """A model behind an endpoint that speaks the chat-completions protocol.

  Attributes:
    name: as the endpoint knows it.
    base_url: of the endpoint, usually ending in /v1.
    weight: its share of the questions, relative to those of the others.
    price: None if it is not known.
  """

  name: str
  base_url: str
  weight: float = 1.0
  price: Price | None = None

  @property
  def is_openai(self) -> bool:
    return self.base_url == _OPENAI

  def key(self) -> str:
    """The API key, from the environment and from nowhere else.

    OPENAI_API_KEY is for OpenAI alone. Another host's is LLM_API_KEY_ and the
    name of the host, as in LLM_API_KEY_API_MISTRAL_AI, or else LLM_API_KEY;
    local servers need none.

    Raises:
      UserError: OpenAI's is not set.
    """
    if self.is_openai:
      if key := os.environ.get("OPENAI_API_KEY"):
        return key
      raise UserError(
        f"no key for {self.name}: set OPENAI_API_KEY, or name another server, "
        f"as in --llm={self.name}@http://localhost:11434/v1"
      )
    host = re.sub(r"\W", "_", urlsplit(self.base_url).hostname or "").upper()
    named = os.environ.get(f"LLM_API_KEY_{host}")
    return named or os.environ.get("LLM_API_KEY") or NO_KEY


def parse(
  specs: Sequence[str],
  weights: Sequence[str] = (),
  prices: Mapping[str, Price] | None = None,
) -> tuple[Model, ...]:
  """Models from the values of --llm and --llm_weights.

  Args:
    specs: each a model, or model@base_url.
    weights: one for each, or none at all for equal weights.
    prices: by the name of the model.

  Raises:
    UserError: an address or weight is malformed, or a model named twice.
  """
  if weights and len(weights) != len(specs):
    raise UserError(
      f"--llm names {len(specs)} models, --llm_weights {len(weights)}"
    )
  models = []
  for index, spec in enumerate(specs):
    name, at, url = spec.partition("@http")
    models.append(
      Model(
        name=_checked_name(name, has_address=bool(at)),
        base_url=_checked_url(f"http{url}") if at else _default_url(),
        weight=_weight(weights[index]) if weights else 1.0,
        price=(prices or {}).get(name),
      )
    )
  if len({m.name for m in models}) < len(models):
    raise UserError("--llm names a model twice")
  return tuple(models)


def read_prices(path: str) -> dict[str, Price]:
  """Prices from a JSON file: {model: {"prompt": 0.15, "completion": 0.6}}.

  Raises:
    UserError: it can't be read, or holds something else.
  """
  try:
    record = json.loads(Path(path).read_text())
    return {
      name: Price(float(price["prompt"]), float(price["completion"]))
      for name, price in record.items()
    }
  except OSError as error:
    raise UserError(f"can't read prices {path}: {error.strerror}") from error
  except (ValueError, TypeError, KeyError, AttributeError) as error:
    raise UserError(
      f"{path} does not hold prices in US dollars per million tokens, as in "
      '{"model": {"prompt": 0.15, "completion": 0.6}}'
    ) from error


def _default_url() -> str:
  url = os.environ.get("OPENAI_BASE_URL")
  return _checked_url(url) if url else _OPENAI


def _checked_name(name: str, *, has_address: bool) -> str:
  """A name, which must be none of an address: its prompts would go elsewhere.

  Versions behind an @ are digits, as in claude@20241022.
  """
  before, at, after = name.partition("@")
  is_address = not has_address and (
    (at and not after.isdigit()) or _HOST.fullmatch(name)
  )
  if not before or "://" in name or "@" in after or is_address:
    shown = name.rpartition("@")[2]  # A key may come before.
    raise UserError(
      f"--llm takes model or model@http://host:port/v1, not {shown!r}: an "
      "address begins with http:// or https://"
    )
  return name


def _checked_url(url: str) -> str:
  try:
    parts = urlsplit(url)
    host, _ = (parts.hostname or "").encode("idna"), parts.port
  except ValueError:  # Of the host, or of the port.
    parts, host = urlsplit(""), b""
  if parts.username or parts.password or parts.query or parts.fragment:
    raise UserError(
      "an address in --llm is recorded, so it must hold no key; set "
      "LLM_API_KEY instead"
    )
  if parts.scheme not in ("http", "https") or not host:
    shown = url.rpartition("@")[2]  # A key may come before.
    raise UserError(f"{shown} is no address; e.g. http://localhost:11434/v1")
  return url.rstrip("/")


def _weight(text: str) -> float:
  try:
    weight = float(text)
  except ValueError:
    weight = 0.0
  if not 0 < weight < float("inf"):
    raise UserError(f"--llm_weights: {text} is no positive number")
  return weight
