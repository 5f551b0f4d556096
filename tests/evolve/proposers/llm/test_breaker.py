"""Calls pause after failures in a row, and end after pauses in a row."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import pytest

from evolve.proposers.llm.breaker import Breaker, GivenUpError, Patience

_PATIENCE = Patience(failures=3, pause=0.01, pauses=3)
_FOREVER = 600.0


def _run(test: Coroutine[Any, Any, None]) -> None:
  async def bounded() -> None:
    async with asyncio.timeout(60):
      await test

  asyncio.run(bounded())


async def _fail(breaker: Breaker) -> bool:
  """A call that fails; whether it was a trial."""
  async with breaker.turn() as is_trial:
    breaker.failed("500", is_trial=is_trial)
  return is_trial


async def _succeed(breaker: Breaker) -> bool:
  async with breaker.turn() as is_trial:
    breaker.succeeded()
  return is_trial


async def _open(breaker: Breaker, patience: Patience = _PATIENCE) -> None:
  for _ in range(patience.failures):
    assert not await _fail(breaker)
  assert breaker.is_open


async def _settled() -> None:
  """Until every other task waits for a timer, or for another task."""
  for _ in range(20):
    await asyncio.sleep(0)


def test_opens_after_failures_in_a_row_and_closes_after_a_success() -> None:
  async def test() -> None:
    breaker = Breaker(_PATIENCE)
    for _ in range(3):  # A success in between: not in a row.
      assert not await _fail(breaker)
      assert not await _fail(breaker)
      assert not breaker.is_open
      assert not await _succeed(breaker)
    await _open(breaker)
    assert await _succeed(breaker)  # After the pause.
    assert not breaker.is_open
    assert not await _succeed(breaker)
    await _open(breaker)

  _run(test())


def test_gives_up_after_fruitless_trials_in_a_row() -> None:
  async def test() -> None:
    breaker = Breaker(_PATIENCE)
    for _ in range(2):  # The success in between begins the count anew.
      await _open(breaker)
      assert await _fail(breaker)
      assert await _fail(breaker)
      assert await _succeed(breaker)
    await _open(breaker)
    assert await _fail(breaker)
    assert await _fail(breaker)
    with pytest.raises(GivenUpError, match="500"):
      await _fail(breaker)

  _run(test())


def test_each_further_pause_is_twice_as_long(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  slept, sleep = [], asyncio.sleep

  async def at_once(seconds: float) -> None:
    slept.append(seconds)
    await sleep(0)

  async def test() -> None:
    patience = Patience(failures=1, pause=30.0, pauses=4)
    breaker = Breaker(patience)
    monkeypatch.setattr(asyncio, "sleep", at_once)
    await _open(breaker, patience)
    for _ in range(2):
      await _fail(breaker)
    await _succeed(breaker)
    await _open(breaker, patience)
    with pytest.raises(GivenUpError):
      for _ in range(4):
        await _fail(breaker)

  _run(test())
  assert slept == [30.0, 60.0, 120.0, 30.0, 60.0, 120.0, 240.0]


def test_concurrent_failures_do_not_use_up_the_pauses() -> None:
  async def test() -> None:
    breaker, together = Breaker(_PATIENCE), asyncio.Barrier(20)

    async def call() -> None:
      async with breaker.turn() as is_trial:
        await together.wait()
        breaker.failed("500", is_trial=is_trial)
      assert not is_trial

    await asyncio.gather(*(call() for _ in range(20)))
    assert breaker.is_open
    assert await _fail(breaker)
    assert await _fail(breaker)
    assert await _succeed(breaker)

  _run(test())


def test_lets_one_trial_through_at_a_time() -> None:
  async def test() -> None:
    patience = Patience(failures=3, pause=0.001, pauses=6)
    breaker = Breaker(patience)
    await _open(breaker, patience)
    inside = most = ended = 0

    async def call() -> None:
      nonlocal inside, most, ended
      async with breaker.turn() as is_trial:
        assert is_trial
        inside += 1
        most = max(most, inside)
        await _settled()
        inside -= 1
        ended += 1
        breaker.failed("500", is_trial=is_trial)

    await asyncio.gather(*(call() for _ in range(5)))
    assert (most, ended) == (1, 5)

  _run(test())


def test_all_that_wait_go_on_together_after_a_success() -> None:
  async def test() -> None:
    breaker, together = Breaker(_PATIENCE), asyncio.Barrier(5)
    await _open(breaker)
    trials = 0

    async def call() -> None:
      nonlocal trials
      async with breaker.turn() as is_trial:
        if is_trial:
          trials += 1
          breaker.succeeded()
        else:
          await together.wait()  # Would wait for ever if not all got here.

    await asyncio.gather(*(call() for _ in range(6)))
    assert trials == 1

  _run(test())


def test_a_late_success_makes_a_trial_an_ordinary_call() -> None:
  async def test() -> None:
    breaker = Breaker(_PATIENCE)
    async with breaker.turn():  # Begun before the failures.
      await _open(breaker)
      waiting = asyncio.create_task(_fail(breaker))
      await _settled()
      breaker.succeeded()
    assert not await waiting
    assert not breaker.is_open

  _run(test())


def test_a_trial_that_is_cut_short_lets_the_next_one_through() -> None:
  async def test() -> None:
    breaker = Breaker(_PATIENCE)
    await _open(breaker)
    with pytest.raises(ZeroDivisionError):
      async with breaker.turn():
        raise ZeroDivisionError

    async def hang() -> None:
      async with breaker.turn() as is_trial:
        assert is_trial
        begun.set()
        await asyncio.sleep(_FOREVER)

    begun = asyncio.Event()
    hanging = asyncio.create_task(hang())
    await begun.wait()
    waiting = asyncio.create_task(_succeed(breaker))
    await _settled()
    hanging.cancel()
    assert await waiting  # As a trial.
    assert not breaker.is_open

  _run(test())


def test_waiting_can_be_cancelled() -> None:
  async def test() -> None:
    breaker = Breaker(Patience(failures=3, pause=_FOREVER))
    await _open(breaker)
    tasks = [asyncio.create_task(_fail(breaker)) for _ in range(3)]
    await _settled()
    for task in tasks:
      task.cancel()
    for task in tasks:
      with contextlib.suppress(asyncio.CancelledError):
        await task
    assert all(task.cancelled() for task in tasks)

  _run(test())
