"""A run keeps within its caps, with any number of calls in flight."""

import asyncio
import bisect
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from evolve.proposers.llm.calls import Question, Reply, Totals
from evolve.proposers.llm.client_config import Caps
from evolve.proposers.llm.models import Model, Price
from evolve.proposers.llm.spending import Spending, SpentError

_URL = "http://localhost:1/v1"
_PRICED = Model("priced", _URL, price=Price(1000.0, 5000.0))
_UNPRICED = Model("unpriced", _URL)
_NOTHING = Totals._make(0 for _ in Totals._fields)
_MAX_TOKENS = 100


def _run(test: Coroutine[Any, Any, None]) -> None:
  async def bounded() -> None:
    async with asyncio.timeout(60):
      await test

  asyncio.run(bounded())


def _question(
  slot: int = 0, size: int = 300, model: Model = _PRICED, attempt: int = 0
) -> Question:
  prompt = [{"role": "user", "content": "x" * size}]
  return Question(slot, attempt, "digest", prompt, model)


def _reply(model: Model, sent: int, got: int) -> Reply:
  cost = model.price.cost(sent, got) if model.price else None
  return Reply("x", "stop", None, sent, got, cost)


def _is_granted(question: Question, caps: Caps) -> bool:
  """Returns if the caps have room for it when nothing was spent."""
  try:
    Spending(caps, _NOTHING, _MAX_TOKENS).reserve(question).send(None)
  except SpentError:
    return False
  except StopIteration:  # It had nothing to wait for.
    return True
  raise AssertionError("nothing is in flight, yet it waits")


def _room(question: Question) -> int:
  """Tokens that it needs: the smallest cap that grants it."""
  return bisect.bisect_left(
    range(100_000), True, key=lambda n: _is_granted(question, Caps(tokens=n))
  )


async def _settled() -> None:
  for _ in range(20):
    await asyncio.sleep(0)


@pytest.mark.parametrize("text", ["", "x" * 999, "é🙂" * 500, "\ud800", "\0\n"])
def test_a_call_reserves_the_most_it_can_take(text: str) -> None:
  prompt = [{"role": "system", "content": "Hi."}]
  prompt += [{"role": "user", "content": text}]
  question = Question(0, 0, "digest", prompt, _PRICED)
  room = _room(question)
  # A token of English is some four characters, one of other text a byte or two.
  assert room - _MAX_TOKENS >= (3 + len(text)) / 4
  assert room - _MAX_TOKENS >= len(text.encode(errors="replace")) / 3
  assert room <= _MAX_TOKENS + 60 + len(text.encode(errors="replace"))
  worst = Price(1000.0, 5000.0).cost(room - _MAX_TOKENS, _MAX_TOKENS)
  assert _is_granted(question, Caps(cost=1.001 * worst))
  assert not _is_granted(question, Caps(cost=0.999 * worst))


def test_without_caps_every_call_is_granted() -> None:
  async def test() -> None:
    spending = Spending(
      Caps(), _NOTHING._replace(cost=1e9, prompt_tokens=10**12), _MAX_TOKENS
    )
    for slot in range(100):
      await spending.reserve(_question(slot, 10_000))

  _run(test())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by_cost", [False, True])
def test_caps_hold_for_any_questions_and_answers(
  seed: int, by_cost: bool
) -> None:
  """Even if all that is in flight came back as long as it may be."""
  rng = random.Random(seed)
  dear = Model("dear", _URL, price=Price(5000.0, 20_000.0))
  questions = [
    _question(slot // 2, rng.randrange(900), rng.choice((_PRICED, dear)), r)
    for slot in range(120)
    for r in [slot % 2]
  ]
  rooms = {q[:2]: _room(q) for q in questions}
  cap = 40.0 if by_cost else 9_000.0
  caps = Caps(cost=cap) if by_cost else Caps(tokens=int(cap))

  def amount(question: Question, sent: int, got: int) -> float:
    price = question.model.price
    assert price
    return price.cost(sent, got) if by_cost else sent + got

  def worst(question: Question) -> float:
    sent = rooms[question[:2]] - _MAX_TOKENS
    return amount(question, sent, _MAX_TOKENS)

  async def test() -> None:
    spending = Spending(caps, _NOTHING, _MAX_TOKENS)
    slots = asyncio.Semaphore(8)
    spent, in_flight, most, refused = 0.0, dict[Any, float](), 0, 0

    async def ask(question: Question) -> None:
      nonlocal spent, most, refused
      async with slots:
        try:
          await spending.reserve(question)
        except SpentError:
          refused += 1
          assert not in_flight
          assert spent + worst(question) > cap
          return
        in_flight[question[:2]] = worst(question)
        most = max(most, len(in_flight))
        assert spent + sum(in_flight.values()) <= cap + 1e-9
        for _ in range(rng.randrange(10)):
          await asyncio.sleep(0)
        reply = None
        if rng.random() < 0.8:
          sent = rng.randrange(rooms[question[:2]] - _MAX_TOKENS + 1)
          got = rng.randrange(_MAX_TOKENS + 1)
          reply = _reply(question.model, sent, got)
          spent += amount(question, sent, got)
        del in_flight[question[:2]]
        await spending.settle(question, reply)

    await asyncio.gather(*map(ask, questions))
    assert 0.8 * cap < spent <= cap + 1e-9
    assert refused and most > 3

  _run(test())


def test_waits_for_calls_in_flight_that_may_leave_room() -> None:
  async def test() -> None:
    room = _room(_question())
    spending = Spending(Caps(tokens=2 * room), _NOTHING, _MAX_TOKENS)
    first, second, third = (_question(slot) for slot in range(3))
    await spending.reserve(first)
    await spending.reserve(second)
    waiting = asyncio.create_task(spending.reserve(third))
    await _settled()
    assert not waiting.done()
    # It takes all that was reserved: no room yet.
    await spending.settle(first, _reply(_PRICED, room - 1, 1))
    await _settled()
    assert not waiting.done()
    await spending.settle(second, _reply(_PRICED, 0, 0))
    await waiting

  _run(test())


def test_refuses_a_call_that_does_not_fit_with_none_in_flight() -> None:
  async def test() -> None:
    first, small = _question(0), _question(2, size=3)
    big = [_question(1), _question(3)]
    spending = Spending(Caps(tokens=_room(first)), _NOTHING, _MAX_TOKENS)
    await spending.reserve(first)
    tasks = [
      asyncio.create_task(spending.reserve(question))
      for question in (big[0], small, big[1])
    ]
    await _settled()
    assert not any(task.done() for task in tasks)
    await spending.settle(first, _reply(_PRICED, 1, 0))
    with pytest.raises(SpentError):
      await tasks[0]
    await tasks[1]  # A smaller one still fits.
    await _settled()
    assert not tasks[2].done()
    await spending.settle(small, None)
    with pytest.raises(SpentError):
      await tasks[2]

  _run(test())


def test_spending_of_earlier_processes_counts() -> None:
  async def test() -> None:
    room = _room(_question())
    earlier = _NOTHING._replace(
      prompt_tokens=300, completion_tokens=200, cost=2.0
    )
    caps = Caps(tokens=room + 500)
    await Spending(caps, earlier, _MAX_TOKENS).reserve(_question())
    caps = Caps(tokens=room + 499)
    with pytest.raises(SpentError):
      await Spending(caps, earlier, _MAX_TOKENS).reserve(_question())
    worst = Price(1000.0, 5000.0).cost(room - _MAX_TOKENS, _MAX_TOKENS)
    caps = Caps(cost=2.001 + worst)
    await Spending(caps, earlier, _MAX_TOKENS).reserve(_question())
    caps = Caps(cost=1.999 + worst)
    with pytest.raises(SpentError):
      await Spending(caps, earlier, _MAX_TOKENS).reserve(_question())

  _run(test())


@pytest.mark.parametrize(
  ("reply", "is_free"),
  [
    (None, True),
    (Reply(None, error="500"), True),
    (Reply("x", prompt_tokens=0, completion_tokens=0, cost=0.0), True),
    # At most as much as was reserved.
    (Reply("x"), False),
    (Reply("x", prompt_tokens=0), False),
  ],
)
@pytest.mark.parametrize("by_cost", [False, True])
def test_unreported_usage_counts_as_reserved(
  reply: Reply | None, is_free: bool, by_cost: bool
) -> None:
  async def test() -> None:
    room = _room(_question())
    worst = Price(1000.0, 5000.0).cost(room - _MAX_TOKENS, _MAX_TOKENS)
    caps = Caps(cost=1.5 * worst) if by_cost else Caps(tokens=room + room // 2)
    spending = Spending(caps, _NOTHING, _MAX_TOKENS)
    await spending.reserve(_question(0))
    await spending.settle(_question(0), reply)
    if is_free:
      await spending.reserve(_question(1))
    else:
      with pytest.raises(SpentError):
        await spending.reserve(_question(1))

  _run(test())


def test_waiting_can_be_cancelled() -> None:
  async def test() -> None:
    room = _room(_question())
    spending = Spending(Caps(tokens=room), _NOTHING, _MAX_TOKENS)
    await spending.reserve(_question(0))
    tasks = [
      asyncio.create_task(spending.reserve(_question(slot)))
      for slot in (1, 2, 3)
    ]
    await _settled()
    tasks[0].cancel()
    tasks[1].cancel()
    await _settled()
    assert [task.done() for task in tasks] == [True, True, False]
    await spending.settle(_question(0), None)
    await tasks[2]  # Cancelled ones hold nothing.

  _run(test())
