"""The registry of tasks; every file under tasks/synthetic registers its own."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import NamedTuple

import tasks.synthetic
from harness.core import user_module
from harness.core.errors import UserError, unknown
from tasks.lab.networks import MLP_INPUTS, NUM_LOGITS
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.regression import RegressionTask

Task = RegressionTask | ReasoningTask

# A change to a task, or to how the lab trains and scores, raises the version.
SUITES = {"lab": "lab@1", "heldout": "heldout@1"}


class Addition(NamedTuple):
  """The tasks of an out-of-tree module, and its label."""

  label: str
  tasks: tuple[Task, ...]


_tasks: dict[str, Task] = {}
_files: dict[str, str] = {}  # That registered it, by name of the task.
_additions: dict[str, Addition] = {}  # By location of the module.


def register(task: Task) -> Task:
  """Adds a task.

  Raises:
    UserError: the name is taken, the suites are no tuple, or the task is too
      large for the networks.
  """
  _check(task)
  file = sys._getframe(1).f_code.co_filename
  if task.name in _tasks:
    raise UserError(
      f"task {task.name!r} of {file} is already registered by "
      f"{origin(_tasks[task.name])}; give it another name"
    )
  _tasks[task.name] = task
  _files[task.name] = file
  return task


def _check(task: Task) -> None:
  if isinstance(task.suites, str):
    raise UserError(
      f"task {task.name!r} has suites={task.suites!r}; give a tuple, as in "
      f"suites=({task.suites!r},)"
    )
  if isinstance(task, RegressionTask) and len(task.inputs) > MLP_INPUTS:
    raise UserError(
      f"task {task.name!r} has {len(task.inputs)} inputs; the lab's network "
      f"takes {MLP_INPUTS} at most"
    )
  if task.num_classes > NUM_LOGITS:
    raise UserError(
      f"task {task.name!r} has {task.num_classes} classes; the lab's network "
      f"tells {NUM_LOGITS} apart at most"
    )


def origin(task: Task) -> str:
  """The file that registers a task."""
  return _files[task.name]


def discover() -> None:
  """Imports every file under tasks/synthetic."""
  package = tasks.synthetic
  for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)


def load_module(name: str) -> Addition:
  """The tasks that an out-of-tree module or file registers.

  They are in no suite but where the module is named. A file that has changed is
  loaded anew.

  Raises:
    UserError: it does not load, adds no task, or a task that exists.
  """
  discover()
  place = user_module.located(name)
  before = _additions.pop(place, Addition("", ()))
  for task in before.tasks:
    del _tasks[task.name]
  shipped = set(_tasks)
  try:
    label = user_module.load(name, "task module").label
  except UserError:
    for unfinished in set(_tasks) - shipped:
      del _tasks[unfinished]
    raise
  added = tuple(t for n, t in _tasks.items() if n not in shipped)
  if label == before.label:  # Loading it again has run nothing.
    added = before.tasks
    _tasks.update({task.name: task for task in added})
  if not added:
    raise UserError(f"task module {name!r} registers no task")
  _additions[place] = Addition(label, added)
  return _additions[place]


def get(name: str) -> Task:
  """The task of that name; a UserError names the nearest ones."""
  discover()
  if name not in _tasks:
    raise unknown("task", name, _tasks)
  return _tasks[name]


def of_suite(suite: str) -> list[Task]:
  """The tasks of a suite that ships, by family and name."""
  discover()
  return _members(suite_label(suite), _shipped())


def with_tag(tag: str) -> list[Task]:
  """The tasks, of any suite that ships, with a tag or of a family."""
  discover()
  return [t for t in _shipped() if tag in (*t.tags, t.family)]


def suite_label(suite: str, additions: Sequence[Addition] = ()) -> str:
  """The suite with its version, e.g. lab@1 for lab or lab@1.

  Args:
    suite: its name, with or without the version.
    additions: out-of-tree modules, which may define suites of their own.

  Raises:
    UserError: there is no such suite, or several versions of it.
  """
  if suite in SUITES:
    return SUITES[suite]
  own = {s for a in additions for task in a.tasks for s in task.suites}
  labels = {*SUITES.values(), *own}
  found = [s for s in labels if suite in (s, s.partition("@")[0])]
  if len(found) > 1:
    raise UserError(f"which suite {suite!r}: {' or '.join(sorted(found))}?")
  if not found:
    raise unknown("suite", suite, {s.partition("@")[0] for s in labels})
  return found[0]


def select(
  suite: str, wanted: Sequence[str] = (), modules: Sequence[str] = ()
) -> tuple[str, list[Task]]:
  """The label of a selection of tasks, and the tasks.

  Only values under the same label may be compared.

  Args:
    suite: name of a suite, with or without its version.
    wanted: names, families or tags of tasks to choose from the suite; empty
      for all.
    modules: out-of-tree modules or files. All of their tasks join a suite that
      ships; a suite of their own has those that name it.

  Raises:
    UserError: an unknown name, or a module that does not load.
  """
  additions = [load_module(module) for module in dict.fromkeys(modules)]
  added = [task for addition in additions for task in addition.tasks]
  label = suite_label(suite, additions)
  if label in SUITES.values():
    chosen = of_suite(label) + added
  else:
    chosen = _members(label, added)
  label = "+".join([label, *(addition.label for addition in additions)])
  if wanted:
    chosen = _choose(chosen, wanted, label)
    label += ":" + ",".join(wanted)
  return label, chosen


def _shipped() -> list[Task]:
  added = {t.name for a in _additions.values() for t in a.tasks}
  return [task for name, task in _tasks.items() if name not in added]


def _members(label: str, available: Sequence[Task]) -> list[Task]:
  chosen = [task for task in available if label in task.suites]
  return sorted(chosen, key=lambda t: (t.family, t.name))


def _choose(
  available: Sequence[Task], wanted: Sequence[str], label: str
) -> list[Task]:
  chosen: list[Task] = []
  for word in wanted:
    hits = [t for t in available if word in (t.name, t.family, *t.tags)]
    if not hits:
      names = {w for t in available for w in (t.name, t.family, *t.tags)}
      raise unknown(f"task of {label}", word, names)
    chosen += [t for t in hits if t not in chosen]
  return chosen
