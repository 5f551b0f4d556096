"""The registry of generators; every file under tasks/synthetic adds its own."""

import importlib
import itertools
import pkgutil
import sys
from collections.abc import Sequence
from typing import NamedTuple

import tasks.synthetic
from harness.core import user_module
from harness.core.errors import UserError, unknown
from tasks.lab.generator import Generator, Stream
from tasks.lab.suites import Suite
from tasks.lab.task import Task

# Tasks that each generator of an out-of-tree module adds to a suite.
ADDED = 4


class Addition(NamedTuple):
  """The generators of an out-of-tree module, and its label."""

  label: str
  generators: tuple[Generator, ...]


_generators: dict[str, Generator] = {}
_files: dict[str, str] = {}  # That registered it, by name of the generator.
_additions: dict[str, Addition] = {}  # By location of the module.


def register(generator: Generator) -> Generator:
  """Adds a generator.

  Raises:
    UserError: the name is taken, or the streams are no tuple.
  """
  if isinstance(generator.streams, str):
    raise UserError(
      f"generator {generator.name!r} has streams={generator.streams!r}; give a "
      f"tuple, as in streams=({generator.streams!r},)"
    )
  file = sys._getframe(1).f_code.co_filename
  if generator.name in _generators:
    raise UserError(
      f"generator {generator.name!r} of {file} is already registered by "
      f"{_files[generator.name]}; give it another name"
    )
  _generators[generator.name] = generator
  _files[generator.name] = file
  return generator


def origin(task: Task) -> str:
  """The file that registers a task's generator."""
  return _files[task.generator]


def discover() -> None:
  """Imports every file under tasks/synthetic."""
  package = tasks.synthetic
  for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)


def load_module(name: str) -> Addition:
  """The generators that an out-of-tree module or file registers.

  They are in no suite but where the module is named. A file that has changed is
  loaded anew.

  Raises:
    UserError: it does not load, adds no generator, or one that exists.
  """
  discover()
  place = user_module.located(name)
  before = _additions.pop(place, Addition("", ()))
  for generator in before.generators:
    del _generators[generator.name]
  shipped = set(_generators)
  try:
    module, label = user_module.load(name, "task module")
  except UserError:
    for unfinished in set(_generators) - shipped:
      del _generators[unfinished]
    raise
  added = tuple(
    generator
    for name, generator in _generators.items()
    if name not in shipped or _files[name] == module.__file__
  )
  if label == before.label:  # Loading it again has run nothing.
    added = before.generators
    _generators.update({g.name: g for g in added})
  if not added:
    raise UserError(f"task module {name!r} registers no generator of tasks")
  _additions[place] = Addition(label, added)
  return _additions[place]


def shipped() -> list[Generator]:
  """The generators under tasks/synthetic."""
  discover()
  folders = tuple(tasks.synthetic.__path__)
  return [
    generator
    for name, generator in _generators.items()
    if _files[name].startswith(folders)
  ]


def get(name: str) -> Generator:
  """The generator of that name; a UserError names the nearest ones."""
  discover()
  if name not in _generators:
    raise unknown("generator", name, _generators)
  return _generators[name]


def select(
  suite: Suite, wanted: Sequence[str] = (), modules: Sequence[str] = ()
) -> tuple[str, list[Task]]:
  """The label of a selection of tasks, and the tasks.

  Only values under the same label may be compared.

  Args:
    suite: the draw.
    wanted: names, generators, families or tags of tasks to choose from the
      suite; empty for all.
    modules: out-of-tree modules or files. All of their generators join a suite
      that ships, with a few tasks each; a suite of their own has the tasks of
      those that name its stream.

  Raises:
    UserError: an unknown name, or a module that does not load.
  """
  additions = [load_module(module) for module in dict.fromkeys(modules)]
  added = [g for addition in additions for g in addition.generators]
  if suite.stream in list(Stream):
    chosen = suite.tasks(shipped())
    chosen += [task for g in added for task in _joining(g, suite)]
  else:
    _check_stream(suite.stream, added)
    chosen = suite.tasks(added)
  label = "+".join([suite.label, *(addition.label for addition in additions)])
  if wanted:
    chosen = _choose(chosen, wanted, label)
    label += ":" + ",".join(wanted)
  return label, chosen


def _joining(generator: Generator, suite: Suite) -> list[Task]:
  """The tasks of an out-of-tree generator in a suite that ships."""
  stream = suite.stream
  if stream not in generator.streams:  # The user has named the module.
    stream = generator.streams[0]
  found = generator.tasks(suite.rng(generator.name), stream)
  return list(itertools.islice(found, ADDED))


def _check_stream(stream: str, added: Sequence[Generator]) -> None:
  own = {s for g in added for s in g.streams}
  if stream not in own:
    raise unknown("suite", stream, {*map(str, Stream), *own})


def _choose(
  available: Sequence[Task], wanted: Sequence[str], label: str
) -> list[Task]:
  chosen: list[Task] = []
  for word in wanted:
    hits = [t for t in available if word in words_for(t)]
    if not hits:
      names = {w for t in available for w in words_for(t)}
      raise unknown(f"task of {label}", word, names)
    chosen += [t for t in hits if t not in chosen]
  return chosen


def words_for(task: Task) -> tuple[str, ...]:
  """The words that select a task."""
  return (task.name, task.generator, task.family, *task.tags)
