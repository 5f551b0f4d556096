"""Sentences on the settings in which two runs differ."""

import dataclasses
from collections.abc import Mapping
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
  return [
    f"{(words or {}).get(field.name, field.name.replace('_', ' '))} "
    f"{_shown(mine)} instead of {_shown(other)}"
    for field in dataclasses.fields(ours)
    if (mine := getattr(ours, field.name))
    != (other := getattr(theirs, field.name))
  ]


def _shown(value: object) -> str:
  if isinstance(value, tuple):
    return ",".join(map(_shown, value))
  is_number = isinstance(value, int | float) and not isinstance(value, bool)
  return f"{value:,}" if is_number else str(value)
