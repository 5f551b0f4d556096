"""Many calls to language models at a time, in a thread beside the search."""

import asyncio
import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

from evolve.proposers.llm import reachability
from evolve.proposers.llm.calls import CallLog, Question, Reply
from evolve.proposers.llm.client_config import ClientConfig
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.hedging import Hedging
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.retries import Retries
from evolve.proposers.llm.spending import Spending, SpentError
from evolve.proposers.llm.watch import Watch

# These log every request.
for _name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
  logging.getLogger(_name).setLevel(logging.WARNING)

# A question with its reply, None if the caps leave no room for it.
Replied = tuple[Question, Reply | None]


class Client:
  """An event loop in a thread of its own, which commits replies on arrival.

  Attributes:
    wake: a socket that is readable when `replies` may return some, or raise.
  """

  def __init__(self, models: Sequence[Model], path: Path, config: ClientConfig):
    """Starts the thread.

    Args:
      models: to be asked.
      path: of the database of the run.
      config: of the calls.

    Raises:
      UserError: a key is missing, nobody listens at an address, or a proxy
        can't be used.
    """
    self._endpoints = {
      model.name: Endpoint(model, model.key(), config.sampling)
      for model in models
    }
    for url in sorted({model.base_url for model in models}):
      reachability.check(url)
    self._path = path
    self._config = config
    self._news: queue.SimpleQueue[Replied | Exception] = queue.SimpleQueue()
    self.wake, self._waker = socket.socketpair()
    self._waker.setblocking(False)
    self._loop = asyncio.new_event_loop()
    self._stop = asyncio.Event()
    self._tasks: set[asyncio.Task[None]] = set()
    self._started = threading.Event()
    self._thread = threading.Thread(target=self._run, daemon=True)
    self._thread.start()
    self._started.wait()
    try:
      self.replies()  # Raises what has kept it from starting.
    except Exception:
      self.close()
      raise

  def ask(self, question: Question) -> None:
    """Queues a question; questions are asked in this order."""
    self._loop.call_soon_threadsafe(self._begin, question)

  def replies(self) -> list[Replied]:
    """Returns the replies since the last call of this; does not wait.

    Raises:
      UserError: the endpoints have failed for good; a resumed run can go on.
    """
    with contextlib.suppress(BlockingIOError):
      self.wake.recv(1 << 16, socket.MSG_DONTWAIT)
    found = []
    while not self._news.empty():
      news = self._news.get()
      if isinstance(news, Exception):
        raise news
      found.append(news)
    return found

  def close(self) -> None:
    """Drops what is in flight, and ends the thread."""
    self._loop.call_soon_threadsafe(self._stop.set)
    self._thread.join()
    self._loop.close()
    self.wake.close()
    self._waker.close()

  def _begin(self, question: Question) -> None:
    task = self._loop.create_task(self._settle(question))
    self._tasks.add(task)
    task.add_done_callback(self._tasks.discard)

  def _tell(self, news: Replied | Exception) -> None:
    self._news.put(news)
    with contextlib.suppress(BlockingIOError):  # It is full, so readable.
      self._waker.send(b"!")

  def _run(self) -> None:
    """The body of the thread."""
    try:
      self._loop.run_until_complete(self._serve())
    except Exception as error:
      self._tell(error)
    finally:
      self._started.set()

  async def _serve(self) -> None:
    calls, config = CallLog(self._path), self._config
    max_tokens = config.sampling.max_tokens
    self._watch = Watch(max_tokens)
    self._spending = Spending(config.caps, calls.totals(), max_tokens)
    hedging = Hedging(config.hedge_policy, calls, self._spending)
    self._retries = Retries(config.retry_policy, calls, hedging)
    self._slots = asyncio.Semaphore(config.concurrency)
    self._started.set()
    await self._stop.wait()
    for task in list(self._tasks):
      task.cancel()
    await asyncio.gather(*self._tasks, return_exceptions=True)
    await hedging.close()
    for endpoint in self._endpoints.values():
      await endpoint.close()
    calls.close()

  async def _settle(self, question: Question) -> None:
    """Asks a question within the caps, and tells the reply."""
    try:
      async with self._slots:
        await self._spending.reserve(question)
        reply = None
        try:
          endpoint = self._endpoints[question.model.name]
          reply = await self._retries.ask(endpoint, question)
        finally:
          await self._spending.settle(question, reply)
      self._watch.take(question.model, reply)
      self._tell((question, reply))
    except SpentError:
      self._tell((question, None))
    except Exception as error:  # The search is to end, not to wait for ever.
      self._tell(error)
