"""The tasks that a verdict is about, in words."""

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


def population(suite: str, *, drawn: bool) -> str:
  """The population of a suite's tasks, or the tasks themselves.

  Args:
    suite: its label, such as lab@2/64/0 or lab@2/64/0+mine.py@1c5f:reasoning.
    drawn: whether its tasks are drawn from a population.
  """
  found = re.fullmatch(r"(\w+)(?:@\d+)?/\d+/\d+(\+[^:]*)?(:.*)?", suite)
  if not drawn or not found:
    return f"the tasks of {suite}"
  stream, modules, chosen = found.groups(default="")
  words = _STREAMS.get(stream, f"tasks of the generators of {stream}")
  for module in modules.split("+")[1:]:
    words += f" and of {module.partition('@')[0]}"
  return words + (f" ({chosen[1:].replace(',', ', ')})" if chosen else "")
