"""Objectives of a user's own."""

import pickle
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import pytest

from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Status
from tasks import selection
from tasks.lab.fitness import FULL, LabFitness
from tasks.lab.suites import Suite
from tasks.objective import Objective

# An objective as a user writes it: the share of the seed's digits, and more.
FUNCTION = """
import jax.numpy as jnp
SCALE = jnp.ones(())  # Computes with JAX as it is imported.

def evaluate(activation, seed):
  return {returned}

class Kind: ...
NUMBER = 3
def narrow(activation): ...
"""
OBJECT = """
from harness.core.fitness import Report, Status

class Own:
  families = {"a": "letters"}
  def evaluate(self, activations, seed, fidelity):
    return [REPORT for _ in activations]

OWN = Own()
"""
SEEDS = Fidelity(0, 3)


def _objective(tmp_path: Path, returned: str, name: str = "evaluate") -> str:
  path = tmp_path / "mine.py"
  path.write_text(FUNCTION.replace("{returned}", returned))
  return f"{path}:{name}"


def _report(given: str, fidelity: Fidelity = SEEDS) -> Any:
  (report,) = Objective.of(given).evaluate([jnp.tanh], 0, fidelity)
  return report


def test_a_goal_has_a_docstring_if_there_is_one(tmp_path: Path) -> None:
  given = _objective(tmp_path, "0.5")
  told = "what an objective, mine.py:evaluate, returns for it"
  assert told in Objective.of(given).goal
  assert Objective.of(given).goal.endswith("averaged over seeds.")
  path = Path(given.removesuffix(":evaluate"))
  path.write_text(path.read_text().replace("seed):", 'seed):\n  """A wave."""'))
  assert Objective.of(given).goal.endswith("describes itself:\nA wave.")
  path.write_text(OBJECT.replace("REPORT", "0"))
  assert Objective.of(f"{path}:OWN").goal.endswith("over tasks and seeds.")


def test_a_function_scores_each_seed(tmp_path: Path) -> None:
  given = _objective(tmp_path, "SCALE * (seed % 1000) / 1000")
  own = Objective.of(given)
  own.load()
  report, again = own.evaluate([jnp.tanh, jnp.sin], 0, SEEDS)
  assert report.status is Status.OK
  assert dict(own.families) == {"evaluate": "evaluate"}
  (scores,) = report.scores_by_seed.values()
  assert len(set(scores)) == 3
  assert report.scores_by_seed == again.scores_by_seed  # The same seeds.
  (more,) = own.evaluate([jnp.tanh], 0, Fidelity(0, 4))
  assert more.scores_by_seed["evaluate"][:3] == scores
  (other,) = own.evaluate([jnp.tanh], 1, SEEDS)
  assert not set(scores) & set(other.scores_by_seed["evaluate"])


def test_the_activation_is_called(tmp_path: Path) -> None:
  report = _report(_objective(tmp_path, "activation(0.5 * SCALE)"))
  assert report.value == pytest.approx(float(jnp.tanh(0.5)))


@pytest.mark.parametrize(
  ("returned", "status", "feedback"),
  [
    ("float('nan')", Status.DIVERGED, "mine.py:evaluate returned nan for seed"),
    ("-float('inf')", Status.DIVERGED, "mine.py:evaluate returned -inf for"),
    ("1.7", Status.CRASHED, "mine.py:evaluate returned 1.7 for seed"),
    ("-0.1", Status.CRASHED, "a value lies in [0, 1]"),
    ("None", Status.CRASHED, "mine.py:evaluate raised TypeError: "),
    ("1 / 0", Status.CRASHED, "mine.py:evaluate raised ZeroDivisionError: "),
    ("activation('x')", Status.CRASHED, "mine.py:evaluate raised TypeError: "),
  ],
)
def test_a_failure_is_a_status_with_a_sentence(
  tmp_path: Path, returned: str, status: Status, feedback: str
) -> None:
  report = _report(_objective(tmp_path, returned))
  assert (report.status, report.value) == (status, None)
  assert feedback in report.feedback


def test_the_text_is_that_of_the_beginning(tmp_path: Path) -> None:
  own = Objective.of(_objective(tmp_path, "0.25"))
  own.load()
  _objective(tmp_path, "0.75")
  copied = pickle.loads(pickle.dumps(own))
  assert copied.suite == own.suite
  assert copied.evaluate([jnp.tanh], 0, SEEDS)[0].value == 0.25
  changed = Objective.of(f"{tmp_path}/mine.py:evaluate")
  assert changed.suite != own.suite
  assert changed.suite.startswith("mine.py:evaluate@")


@pytest.mark.parametrize(
  ("given", "message"),
  [
    ("mine.py", r"give a file and a name in it, as in objective\.py:"),
    ("mine:evaluate", "give a file and a name in it"),
    ("absent.py:evaluate", r"can't read objective .*absent\.py: No such file"),
    ("mine.py:evaluat", r"unknown name in mine\.py 'evaluat'; nearest: evalu"),
    ("mine.py:Kind", r"mine\.py:Kind is a class; name an object of it"),
    ("mine.py:NUMBER", r"mine\.py:NUMBER is a int; needed: a function"),
    ("mine.py:narrow", r"takes \(activation\); needed: \(activation, seed\)"),
  ],
)
def test_a_mistake_is_named_before_any_work(
  tmp_path: Path,
  monkeypatch: pytest.MonkeyPatch,
  given: str,
  message: str,
) -> None:
  _objective(tmp_path, "0.5")
  monkeypatch.chdir(tmp_path)
  with pytest.raises(UserError, match=message):
    Objective.of(given).load()


@pytest.mark.parametrize(
  ("report", "status", "feedback"),
  [
    ("Report(Status.OK, '', {'a': (0.5, 1.0, 0.0)})", Status.OK, ""),
    ("0.5", Status.CRASHED, "mine.py:OWN returned a float, no Report."),
    ("Report(Status.OK, '', {'b': (1,)})", Status.CRASHED, "a family: b"),
    ("1 / 0", Status.CRASHED, "mine.py:OWN raised ZeroDivisionError"),
  ],
)
def test_an_object_of_the_protocol(
  tmp_path: Path, report: str, status: Status, feedback: str
) -> None:
  (tmp_path / "mine.py").write_text(OBJECT.replace("REPORT", report))
  own = Objective.of(f"{tmp_path}/mine.py:OWN")
  own.load()
  assert dict(own.families) == {"a": "letters"}
  (found,) = own.evaluate([jnp.tanh], 0, Fidelity(7, 3))
  assert found.status is status
  assert feedback in found.feedback
  assert selection.fidelity(own, 7, 3) == Fidelity(7, 3)


def test_flags_choose_a_suite_or_an_objective(tmp_path: Path) -> None:
  given = _objective(tmp_path, "0.5")
  lab = LabFitness()
  assert selection.select(None, lab) is lab
  assert selection.fidelity(lab, None, 2) == Fidelity(FULL.steps, 2)
  own = selection.select(given, lab)
  assert selection.fidelity(own, None, None) == Fidelity(0, FULL.num_seeds)
  with pytest.raises(UserError, match="takes no steps"):
    selection.fidelity(own, 5, None)


@pytest.mark.parametrize(
  "lab",
  [
    LabFitness(Suite("heldout")),
    LabFitness(tasks=("a",)),
    LabFitness(modules=("a",)),
  ],
)
def test_an_objective_and_a_suite_exclude_each_other(
  tmp_path: Path, lab: LabFitness
) -> None:
  with pytest.raises(UserError, match="leave out suite, num_tasks"):
    selection.select(_objective(tmp_path, "0.5"), lab)
