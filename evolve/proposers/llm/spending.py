"""The spending of a run, kept within its caps, calls in flight included."""

import asyncio
import json
from collections.abc import Sequence

from evolve.proposers.llm.calls import Question, Reply, Totals
from evolve.proposers.llm.client_config import Caps
from evolve.proposers.llm.models import Message

# Fewer bytes per token than English or Python have, and room for the roles.
_BYTES_PER_TOKEN = 3
_TOKENS_PER_MESSAGE = 8

_Key = tuple[int, int, bool]


class SpentError(Exception):
  """The caps leave no room for a question."""


class Spending:
  """Grants calls; a call reserves the most that it can cost."""

  def __init__(self, caps: Caps, totals: Totals, max_tokens: int):
    self._caps = caps
    self._cost = totals.cost
    self._tokens = totals.tokens
    self._max_tokens = max_tokens
    self._reserved: dict[_Key, tuple[float, int]] = {}
    self._changed = asyncio.Condition()

  async def reserve(self, question: Question) -> None:
    """Waits until a call is sure to be within the caps.

    Raises:
      SpentError: it is not, and no call is in flight that may leave more.
    """
    cost, tokens = self._worst(question)
    async with self._changed:
      while not self._fits(cost, tokens):
        if not self._reserved:
          raise SpentError
        await self._changed.wait()
      self._reserved[_key(question)] = cost, tokens

  def reserve_second(self, question: Question) -> bool:
    """Reserves a second call beside one in flight, if there is room."""
    cost, tokens = self._worst(question)
    key = _key(question, is_second=True)
    if key in self._reserved or not self._fits(cost, tokens):
      return False
    self._reserved[key] = cost, tokens
    return True

  async def settle(
    self, question: Question, reply: Reply | None, *, is_second: bool = False
  ) -> None:
    """Replaces a reservation by the actual cost, if the reply tells it."""
    async with self._changed:
      cost, tokens = self._reserved.pop(_key(question, is_second=is_second))
      if reply and reply.answer is not None:
        sent, got = reply.prompt_tokens, reply.completion_tokens
        self._cost += cost if reply.cost is None else reply.cost
        self._tokens += tokens if sent is None or got is None else sent + got
      self._changed.notify_all()

  def _worst(self, question: Question) -> tuple[float, int]:
    prompt = _tokens_at_most(question.prompt)
    price = question.model.price
    cost = price.cost(prompt, self._max_tokens) if price else 0.0
    return cost, prompt + self._max_tokens

  def _fits(self, cost: float, tokens: int) -> bool:
    in_flight = self._reserved.values()
    cost += self._cost + sum(c for c, _ in in_flight)
    tokens += self._tokens + sum(t for _, t in in_flight)
    caps = self._caps
    return (caps.cost is None or cost <= caps.cost) and (
      caps.tokens is None or tokens <= caps.tokens
    )


def _key(question: Question, *, is_second: bool = False) -> _Key:
  return question.slot, question.attempt, is_second


def _tokens_at_most(prompt: Sequence[Message]) -> int:
  size = len(json.dumps(prompt, ensure_ascii=False).encode(errors="replace"))
  return size // _BYTES_PER_TOKEN + _TOKENS_PER_MESSAGE * len(prompt)
