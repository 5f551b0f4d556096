"""The 30 algorithms, those of files under tasks/clrs30/beyond, and users'."""

import copyreg
import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from harness.core import console, user_module
from harness.core.errors import UserError, unknown
from harness.core.registry import Registry
from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.algorithms import ALGORITHMS, CATEGORIES
from tasks.clrs30.upstream import UPSTREAM

BEYOND = "beyond"  # The category of those that ship beside the 30.
_ALL = "all"  # The 30.

_registry = Registry[Algorithm](
  "algorithm", "tasks.clrs30.beyond", "algorithm module"
)
for _algorithm in UPSTREAM.values():
  _registry.register(_algorithm, "dm-clrs")


class Reference(NamedTuple):
  """An algorithm, for another process.

  Attributes:
    name: of the algorithm.
    module: the location of a user's module that adds it; empty without one.
    label: of its file.
  """

  name: str
  module: str
  label: str


def register(algorithm: Algorithm) -> Algorithm:
  """Adds an algorithm of the file that calls this.

  Raises:
    UserError: the name is taken.
  """
  file = sys._getframe(1).f_code.co_filename
  if algorithm.name in (*CATEGORIES, BEYOND, _ALL):
    raise UserError(
      f"algorithm {algorithm.name!r} of {file} has the name of a category; "
      "give it another name"
    )
  label = user_module.label_of(file, Path(file).read_bytes())
  algorithm = dataclasses.replace(algorithm, label=label)
  _registry.register(algorithm, file)
  return algorithm


def get(name: str) -> Algorithm:
  """The algorithm of that name; a UserError names the nearest ones."""
  return _registry.get(name)


def reference(algorithm: Algorithm) -> Reference:
  """The algorithm for another process, which has it by `resolve`."""
  return Reference(algorithm.name, _module(algorithm), algorithm.label)


def is_own(algorithm: Algorithm) -> bool:
  """True for an algorithm of a user's module."""
  return bool(_module(algorithm))


def resolve(reference: Reference) -> Algorithm:
  """The algorithm that another process refers to.

  Raises:
    UserError: its file has changed since, or does not load.
  """
  if reference.module:
    _registry.load_module(reference.module)
  algorithm = get(reference.name)
  user_module.check_unchanged(reference.label, algorithm.label)
  return algorithm


# Algorithms have functions, which other processes take from their module.
copyreg.pickle(Algorithm, lambda algorithm: (resolve, (reference(algorithm),)))


def _module(algorithm: Algorithm) -> str:
  """The location of the user's module that adds it; empty without one."""
  for place, addition in _registry.additions.items():
    if algorithm.name in (item.name for item in addition.items):
      return place
  return ""


def by_category(
  modules: Iterable[str] = (),
) -> dict[str, Mapping[str, Algorithm]]:
  """The algorithms by category and name; those of a module by its location.

  Raises:
    UserError: a module does not load, or adds no algorithm.
  """
  groups: dict[str, Mapping[str, Algorithm]] = {
    category: {name: UPSTREAM[name] for name in names}
    for category, names in CATEGORIES.items()
  }
  groups[BEYOND] = {a.name: a for a in _registry.shipped()}
  for module in dict.fromkeys(modules):
    groups[module] = {a.name: a for a in _registry.load_module(module).items}
  return groups


def select(
  names: Sequence[str], modules: Sequence[str] = ()
) -> list[Algorithm]:
  """The chosen algorithms, each once: of the 30, then beyond, then of modules.

  Args:
    names: algorithms, categories, or "all" for the 30; if there is none, those
      of the modules are chosen.
    modules: of a user's own.

  Raises:
    UserError: an unknown name, or none at all; a module does not load, adds no
      algorithm, or none that is chosen.
  """
  groups = by_category(modules)
  known = {n: a for group in groups.values() for n, a in group.items()}
  choices: dict[str, Iterable[str]] = {name: (name,) for name in known}
  choices |= {category: groups[category] for category in (*CATEGORIES, BEYOND)}
  choices[_ALL] = ALGORITHMS
  chosen: set[str] = set()
  for name in names or [n for module in modules for n in groups[module]]:
    if name not in choices:
      raise unknown("algorithm", name, choices)
    chosen.update(choices[name])
  if not chosen:
    raise UserError(
      "no algorithm is given; try --algorithms=bfs,sorting or --algorithms=all"
    )
  for module in modules:
    if chosen.isdisjoint(groups[module]):
      raise UserError(
        f"--algorithms has none of what --algorithm_module={module} adds; name "
        f"some of {', '.join(groups[module])}"
      )
  in_order = dict.fromkeys((*ALGORITHMS, *known))
  return [known[name] for name in in_order if name in chosen]


def print_algorithms(modules: Sequence[str] = ()) -> None:
  """Prints the categories, and modules, with their algorithms."""
  for category, group in by_category(modules).items():
    console.say(f"{category}: {', '.join(group)}")
