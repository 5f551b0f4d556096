"""The registry of tasks; every file under tasks/synthetic registers its own."""

import importlib
import pkgutil
from collections.abc import Sequence

import tasks.synthetic
from harness.core.errors import UserError, unknown
from tasks.lab.networks import MLP_INPUTS, NUM_LOGITS
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.regression import RegressionTask

Task = RegressionTask | ReasoningTask

# A change to a task, or to how the lab trains and scores, raises the version.
SUITES = {"lab": "lab@1", "heldout": "heldout@1"}

_tasks: dict[str, Task] = {}
_added_by: dict[str, tuple[str, ...]] = {}  # By out-of-tree module.


def register(task: Task) -> Task:
  """Adds a task.

  Raises:
    UserError: the name is taken, or the task is too large for the networks.
  """
  _check_size(task)
  if task.name in _tasks:
    raise UserError(
      f"task {task.name!r} of {origin(task)} is already registered by "
      f"{origin(_tasks[task.name])}; give it another name"
    )
  _tasks[task.name] = task
  return task


def _check_size(task: Task) -> None:
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
  """The module that defines a task."""
  if isinstance(task, RegressionTask):
    return task.function.__module__
  return task.generate.__module__


def discover() -> None:
  """Imports every file under tasks/synthetic."""
  package = tasks.synthetic
  for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)


def load_module(name: str) -> tuple[str, ...]:
  """Imports an out-of-tree module; returns the names of the tasks it adds.

  Raises:
    UserError: it does not import, adds no task, or a task that exists.
  """
  discover()
  if name not in _added_by:
    before = set(_tasks)
    try:
      importlib.import_module(name)
    except UserError:
      raise
    except Exception as error:
      raise UserError(
        f"task module {name!r} does not import: {type(error).__name__}: {error}"
      ) from error
    _added_by[name] = tuple(t for t in _tasks if t not in before)
  if not _added_by[name]:
    raise UserError(f"task module {name!r} registers no task")
  return _added_by[name]


def suite_label(suite: str) -> str:
  """The suite with its version, e.g. lab@1 for lab or lab@1."""
  for name, label in SUITES.items():
    if suite in (name, label):
      return label
  raise unknown("suite", suite, SUITES)


def get(name: str) -> Task:
  """The task of that name; a UserError names the nearest ones."""
  discover()
  if name not in _tasks:
    raise unknown("task", name, _tasks)
  return _tasks[name]


def of_suite(suite: str) -> list[Task]:
  """The tasks of a suite, by family and name."""
  discover()
  label = suite_label(suite)
  chosen = [t for t in _tasks.values() if label in t.suites]
  return sorted(chosen, key=lambda t: (t.family, t.name))


def with_tag(tag: str) -> list[Task]:
  """The tasks, of any suite, with a tag or of a family."""
  discover()
  return [t for t in _tasks.values() if tag in (*t.tags, t.family)]


def select(
  suite: str, wanted: Sequence[str] = (), modules: Sequence[str] = ()
) -> tuple[str, list[Task]]:
  """The label of a selection of tasks, and the tasks.

  Only values under the same label may be compared.

  Args:
    suite: name of a suite, with or without its version.
    wanted: names, families or tags of tasks to choose from the suite; empty
      for all.
    modules: out-of-tree modules, all of whose tasks join the suite.

  Raises:
    UserError: an unknown name, or a module that does not load.
  """
  label = suite_label(suite)
  chosen = of_suite(suite)
  for module in modules:
    added = load_module(module)
    chosen += [_tasks[name] for name in added if _tasks[name] not in chosen]
    label += f"+{module}"
  if wanted:
    chosen = _choose(chosen, wanted, label)
    label += ":" + ",".join(wanted)
  return label, chosen


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
