"""Scores of a run's trainings on disk: one line each, whatever happens."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.core import records
from harness.core.trainings.seed_groups import SeedGroup

_Key = tuple[Any, ...]  # Task, activation and seed.


class Scores:
  """The file scores.jsonl of a workdir; a training has one record at most."""

  def __init__(self, workdir: Path, task_field: str):
    """The file, whose records name their task in `task_field`."""
    self._path = workdir / "scores.jsonl"
    self._fields = (task_field, "activation", "seed")

  def left(self, groups: Sequence[SeedGroup]) -> list[SeedGroup]:
    """The groups of which a seed lacks its record."""
    done = self._by_key().keys()
    return [group for group in groups if not done >= set(_keys(group))]

  def of(self, groups: Sequence[SeedGroup]) -> list[dict[str, Any]]:
    """The records of groups that have them all, in the groups' order."""
    found = self._by_key()
    return [found[key] for group in groups for key in _keys(group)]

  def add(
    self,
    group: SeedGroup,
    results: Iterable[Mapping[str, Any]],
    seconds: float,
  ) -> None:
    """Adds the records of a group; a seed that has one keeps it.

    Args:
      group: what was trained.
      results: the other fields of each seed's record.
      seconds: that the group took.
    """
    done = self._by_key().keys()
    for key, result in zip(_keys(group), results, strict=True):
      if key not in done:
        record = {
          "schema_version": records.SCHEMA_VERSION,
          **dict(zip(self._fields, key, strict=True)),
          **result,
          "seconds": seconds,
        }
        records.append_jsonl(self._path, record)

  def _by_key(self) -> dict[_Key, dict[str, Any]]:
    return {
      tuple(record[field] for field in self._fields): record
      for record in records.read_jsonl(self._path)
    }


def _keys(group: SeedGroup) -> list[_Key]:
  return [(group.task, group.activation, seed) for seed in group.seeds]
