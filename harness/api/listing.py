"""Lists of what can be evaluated, and on what."""

from collections.abc import Iterable

from evolve import activations
from harness.api.arguments import listed
from tasks.lab import registry
from tasks.lab.suites import NUM_TASKS, Suite


def list_activations() -> list[str]:
  """The names of the activations that ship."""
  return list(activations.names())


def list_tasks(
  suite: str = "lab",
  *,
  num_tasks: int = NUM_TASKS,
  draw: int = 0,
  tasks: str | Iterable[str] = (),
  task_modules: str | Iterable[str] = (),
) -> list[str]:
  """The names of the tasks of a suite.

  Args:
    suite: "lab", "fresh", "heldout", one that a task module defines, or a whole
      label such as "lab@2/64/0".
    num_tasks: to draw.
    draw: its number; another one has other tasks.
    tasks: names, generators, families or tags to choose from the suite; all if
      empty.
    task_modules: importable modules, or paths to .py files, with tasks of one's
      own.

  Raises:
    UserError: the suite is unknown, or a module does not load.
  """
  drawn = Suite.of(suite, num_tasks, draw)
  _, chosen = registry.select(drawn, listed(tasks), listed(task_modules))
  return [task.name for task in chosen]
