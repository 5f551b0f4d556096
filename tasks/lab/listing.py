"""Prints the tasks of a suite."""

from harness.core import console
from tasks.lab.fitness import LabFitness


def print_tasks(lab: LabFitness) -> None:
  rows = [
    (task.name, task.family, ", ".join(task.tags), task.source)
    for task in lab.task_list
  ]
  console.print_table(
    f"Tasks of {lab.suite}", ("task", "family", "tags", "source"), rows
  )
