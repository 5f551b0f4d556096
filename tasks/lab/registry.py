"""The registry of generators; every file under tasks/synthetic adds its own."""

import itertools
import sys
from collections.abc import Sequence

from harness.core.errors import UserError, unknown
from harness.core.registry import Addition, Registry
from tasks.lab.generator import Generator, Stream
from tasks.lab.suites import Suite
from tasks.lab.task import Task

# Tasks that each generator of an out-of-tree module adds to a suite.
ADDED = 4

_registry = Registry[Generator]("generator", "tasks.synthetic", "task module")


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
  _registry.register(generator, sys._getframe(1).f_code.co_filename)
  return generator


def origin(task: Task) -> str:
  """The file that registers a task's generator."""
  return _registry.files[task.generator]


def load_module(name: str) -> Addition[Generator]:
  """The generators of an out-of-tree module; see `Registry.load_module`.

  They are in no suite but where the module is named.
  """
  return _registry.load_module(name)


def shipped() -> list[Generator]:
  """The generators under tasks/synthetic."""
  return _registry.shipped()


def get(name: str) -> Generator:
  """The generator of that name; a UserError names the nearest ones."""
  return _registry.get(name)


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
  added = [g for addition in additions for g in addition.items]
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
