"""Lists of what can be evaluated, and on what."""

from collections.abc import Iterable

from evolve import activations
from harness.api.arguments import listed
from tasks.lab import registry


def list_activations() -> list[str]:
  """The names of the activations that ship."""
  return list(activations.names())


def list_tasks(
  suite: str = "lab", task_modules: str | Iterable[str] = ()
) -> list[str]:
  """The names of the tasks of a suite.

  Args:
    suite: "lab", "heldout", or one that a task module defines.
    task_modules: importable modules, or paths to .py files, with tasks of one's
      own.

  Raises:
    UserError: the suite is unknown, or a module does not load.
  """
  _, chosen = registry.select(suite, modules=listed(task_modules))
  return [task.name for task in chosen]
