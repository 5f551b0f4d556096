"""Labels of suites and objectives, in words."""

import re

_LAB = "tasks of the lab's generators"
_HELDOUT = "tasks of held-out generators"
_STREAMS = {
  "lab": _LAB,
  "fresh": _LAB,
  "dev": _LAB,
  "heldout": _HELDOUT,
  "dev_heldout": _HELDOUT,
}

# A file, a name in it, and a hash of its text.
_OBJECTIVE = re.compile(r"([^/@]+\.py:\w+)@[0-9a-f]{8}")


def is_objective(suite: str) -> bool:
  """True for the label of an objective of a user's own, as a file defines it.

  Such as mine.py:evaluate@0b1d6e9a.
  """
  return _OBJECTIVE.fullmatch(suite) is not None


def measure(suite: str) -> str:
  """The name of the numbers between 0 and 1 that activations get on a suite."""
  return "value" if is_objective(suite) else "OOD score"


def population(suite: str, *, drawn: bool) -> str:
  """The subject of a verdict: the population of a suite's tasks, or the tasks.

  Args:
    suite: its label, such as lab@2/64/0 or lab@2/64/0+mine.py@1c5f:reasoning.
    drawn: whether its tasks are drawn from a population.
  """
  if own := _OBJECTIVE.fullmatch(suite):
    return f"the objective {own[1]}"
  found = re.fullmatch(r"(\w+)(?:@\d+)?/\d+/\d+(\+[^:]*)?(:.*)?", suite)
  if not drawn or not found:
    return f"the tasks of {suite}"
  stream, modules, chosen = found.groups(default="")
  words = _STREAMS.get(stream, f"tasks of the generators of {stream}")
  for module in modules.split("+")[1:]:
    words += f" and of {module.partition('@')[0]}"
  return words + (f" ({chosen[1:].replace(',', ', ')})" if chosen else "")
