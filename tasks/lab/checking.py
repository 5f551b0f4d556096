"""The checks of --check_tasks, a line each."""

from collections.abc import Mapping

from harness.core import console
from harness.core.check_lines import CheckLines
from harness.core.fitness import Activation
from tasks.lab import conformance, discrimination
from tasks.lab.fitness import LabFitness

# The gradient of phase_flip takes longer than those of all others together.
_LEFT_OUT = ("phase_flip",)


def pool(named: Mapping[str, Activation]) -> list[Activation]:
  """The activations that a task should tell apart."""
  return [function for name, function in named.items() if name not in _LEFT_OUT]


def check_tasks(lab: LabFitness, named: Mapping[str, Activation]) -> None:
  """Prints a line for each task and rule.

  Args:
    lab: has the tasks; only those of out-of-tree modules are checked if it has
      any.
    named: the named activations.

  Raises:
    UserError: a task breaks a rule.
  """
  tasks = lab.own_tasks or lab.task_list
  lines = CheckLines()
  for task in tasks:
    for rule, flaws in conformance.RULES.items():
      lines.say(task.name, rule, flaws(task))
  console.say(f"training with {len(pool(named))} activations, minutes")
  for name, of_task in discrimination.skills(tasks, pool(named)).items():
    for rule, flaws_of in discrimination.RULES.items():
      lines.say(name, rule, flaws_of(of_task))
  lines.end()
