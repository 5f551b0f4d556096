"""The scores of a run's trainings on disk: one line each, whatever happens."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.core import records


class Job(Protocol):
  """Trainings that share a program."""

  def trainings(self) -> Sequence[tuple[Any, ...]]:
    """What tells its records apart: the values of the file's fields."""


_Job = TypeVar("_Job", bound=Job)


class Scores:
  """scores.jsonl of a workdir."""

  def __init__(self, workdir: Path, fields: Sequence[str]):
    """The file; `fields` of a record tell trainings apart."""
    self._path = workdir / "scores.jsonl"
    self._fields = fields

  def left(self, jobs: Sequence[_Job]) -> list[_Job]:
    """The jobs that lack a record."""
    done = self._by_training().keys()
    return [job for job in jobs if not done >= set(job.trainings())]

  def of(self, jobs: Sequence[_Job]) -> list[dict[str, Any]]:
    """The records of jobs that have them all, in their order."""
    found = self._by_training()
    return [found[key] for job in jobs for key in job.trainings()]

  def add(self, new: Iterable[Mapping[str, Any]]) -> None:
    """Adds records; those of trainings that have one are left out."""
    done = self._by_training().keys()
    for record in new:
      if self._training(record) not in done:
        records.append_jsonl(self._path, record)

  def _by_training(self) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {self._training(r): r for r in records.read_jsonl(self._path)}

  def _training(self, record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record[field] for field in self._fields)


def seed_groups(seeds: Sequence[int], size: int) -> list[tuple[int, ...]]:
  """Seeds that share a program, up to `size` of them."""
  return [tuple(seeds[i : i + size]) for i in range(0, len(seeds), size)]
