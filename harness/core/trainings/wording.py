"""Sentences on settings in which two runs differ, and on what diverged."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any


def differences(
  ours: Any, theirs: Any, words: Mapping[str, str] | None = None
) -> list[str]:
  """Sentences on the fields in which two dataclasses of a type differ.

  Args:
    ours: the settings of a run.
    theirs: the settings that it is compared with.
    words: in place of fields' names that say too little.
  """
  return setting_differences(
    dataclasses.asdict(ours), dataclasses.asdict(theirs), words
  )


def setting_differences(
  ours: Mapping[str, Any],
  theirs: Mapping[str, Any],
  words: Mapping[str, str] | None = None,
) -> list[str]:
  """The same on settings by name; one that a side lacks is None."""
  return [
    f"{(words or {}).get(name, name.replace('_', ' '))} "
    f"{_shown(ours.get(name))} instead of {_shown(theirs.get(name))}"
    for name in {**ours, **theirs}
    if ours.get(name) != theirs.get(name)
  ]


def divergences(records: Sequence[Mapping[str, Any]]) -> list[str]:
  """Sentences on the trainings that diverged, by lines of scores.jsonl."""
  return [
    f"{record['activation']}, seed {record['seed']}: {record['status']} at "
    f"step {record['diverged_step']}"
    for record in records
    if record["diverged_step"] is not None
  ]


def _shown(value: object) -> str:
  if isinstance(value, tuple | list):
    return ",".join(map(_shown, value))
  is_number = isinstance(value, int | float) and not isinstance(value, bool)
  return f"{value:,}" if is_number else str(value)
