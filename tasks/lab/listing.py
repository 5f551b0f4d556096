"""Prints the tasks of a suite."""

from harness.core.printed_table import Column, print_table
from tasks.lab.fitness import LabFitness


def print_tasks(lab: LabFitness) -> None:
  rows = [
    (task.name, task.family, ", ".join(task.tags), task.source)
    for task in lab.task_list
  ]
  names = ("task", "family", "tags", "source")
  columns = [Column(name, is_text=True) for name in names]
  print_table(f"Tasks of {lab.suite}", columns, rows)
