"""The contract between a search and whatever does its jobs."""

from collections import Counter
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Protocol, TypeVar

from evolve.workers.jobs import Description, Job

_Result = TypeVar("_Result")


class Pool(Protocol):
  """Does jobs, several at a time; not thread-safe.

  Results are set while `wait` is called, and at no other time.

  Attributes:
    num_workers: jobs at a time.
    compilations: programs compiled by XLA, by the name of the job.
  """

  compilations: Counter[str]

  def __enter__(self) -> "Pool": ...

  def __exit__(
    self,
    kind: type[BaseException] | None,
    error: BaseException | None,
    trace: TracebackType | None,
  ) -> None: ...

  @property
  def num_workers(self) -> int: ...

  @property
  def num_open(self) -> int:
    """Jobs submitted that have no result yet."""

  def submit(
    self, job: Job[_Result], *, urgent: bool = False
  ) -> Future[_Result]:
    """Queues a job; before all that have not begun if it is urgent."""

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Future[Any]]:
    """The futures that were given a result; waits for the first.

    Args:
      seconds: to wait at most, if a job is open.
      wake: a file descriptor that ends the waiting, even that for no job, when
        it becomes readable.

    Raises:
      UserError: the jobs can't be done any more.
    """

  def drop_queued(self) -> None:
    """Forgets the jobs that have not begun; their futures are cancelled."""

  def call(self, job: Job[_Result]) -> _Result:
    """The result of a job, run to its end; of others too if they are open."""

  def describe(self) -> Description:
    """The workers' devices, and the limits that were applied to them."""
