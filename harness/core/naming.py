"""Short names of activations, for tables and status lines."""

from collections.abc import Iterable
from pathlib import PurePath


def short_names(given: Iterable[str]) -> dict[str, str]:
  """A name for each activation, unique among them.

  Args:
    given: named activations, which stay as they are, and paths of .py files,
      which go by their stem, after as many folders as tell them apart; either
      may say what shares its parameters, as in "path.py:layer".
  """
  names = list(dict.fromkeys(given))
  short = {name: _end(name, 1) for name in names}
  for count in range(2, 1 + max((len(_parts(n)) for n in names), default=0)):
    taken = list(short.values())
    short = {
      name: _end(name, count) if taken.count(end) > 1 else end
      for name, end in short.items()
    }
  taken = list(short.values())
  return {n: n if taken.count(end) > 1 else end for n, end in short.items()}


def _parts(name: str) -> tuple[str, ...]:
  """The folders of a file and its stem; a name that is no file is one part."""
  file, colon, share = name.partition(".py:")
  path = PurePath(f"{file}.py" if colon else name)
  if path.suffix != ".py":
    return (name,)
  *folders, stem = path.with_suffix("").parts
  return (*folders, f"{stem}:{share}" if colon else stem)


def _end(name: str, count: int) -> str:
  return "/".join(_parts(name)[-count:])
