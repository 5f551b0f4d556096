"""The lines of --check_tasks."""

from pathlib import Path

import pytest

from evolve.activations import ACTIVATIONS
from harness.core.errors import UserError
from tasks.lab import checking, conformance, discrimination
from tasks.lab.fitness import LabFitness
from tasks.lab.suites import Suite
from tests.tasks.lab.own_tasks import write_tasks

pytestmark = pytest.mark.usefixtures("own_registry")

TWO = {name: ACTIVATIONS[name] for name in ("relu", "hard_sigmoid")}


def test_a_line_for_each_rule_and_the_number_of_failures(
  tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  path = write_tasks(tmp_path / "mine.py", "flat", function="lambda x: 0 * x")
  with pytest.raises(UserError, match=r"^\d of 9 checks failed"):
    checking.check_tasks(LabFitness(modules=(path,)), TWO)
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 1 + len(conformance.RULES) + len(discrimination.RULES)
  assert lines[0] == "ok   flat: shapes and dtypes"
  assert lines[1].startswith(
    "FAIL flat: finite and varying values: all targets of id are 0; "
  )
  assert lines[-1].startswith("FAIL flat: no impossible or trivial band: ")


def test_the_tasks_of_a_suite_are_checked_where_none_is_ones_own() -> None:
  lab = LabFitness(Suite(num_tasks=8), tasks=("polynomials",))
  assert not lab.own_tasks
  assert {task.family for task in lab.task_list} == {"polynomials"}


def test_phase_flip_takes_too_long() -> None:
  assert len(checking.pool(ACTIVATIONS)) == len(ACTIVATIONS) - 1
