import dataclasses
import importlib
import pickle
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness, Report, Status
from tasks.lab import registry
from tasks.lab.fitness import FULL, LabFitness, screen_for

CUBIC = ("polynomial_cubic",)
SHORT = Fidelity(steps=5, num_seeds=2)
TASK_MODULE = """
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_of_this_test",
    family="polynomials",
    source="a test",
    suites=(),
    inputs={"x": Interval(0, 1)},
    function=lambda x: x,
  )
)
"""


@pytest.fixture(scope="module")
def cubic() -> LabFitness:
  return LabFitness("lab", CUBIC, max_seeds=2)


def _not_a_number(x: jax.Array) -> jax.Array:
  return x * jnp.nan


def _raises(x: jax.Array) -> jax.Array:
  raise ZeroDivisionError(f"float division by zero\nat {x}")


def _untimed(report: Report) -> Report:
  return dataclasses.replace(report, seconds=0.0)


def test_a_report(cubic: LabFitness) -> None:
  fitness: Fitness = cubic
  (report,) = fitness.evaluate([jax.nn.relu], 0, SHORT)
  assert report.status is Status.OK
  (by_seed,) = report.scores_by_seed.values()
  assert len(by_seed) == SHORT.num_seeds
  assert report.value is not None
  assert 0 <= report.value <= 1
  tables = (report.id_scores, report.id_loss, report.ood_loss)
  assert [tuple(table) for table in tables] == [CUBIC] * 3
  assert np.isfinite(
    [*report.id_loss.values(), *report.ood_loss.values()]
  ).all()
  assert "Weakest task: polynomial_cubic." in report.feedback
  assert report.seconds > 0


def test_bad_activations_spoil_nothing(cubic: LabFitness) -> None:
  batch = [jax.nn.relu, _raises, _not_a_number, jax.nn.relu]
  reports = cubic.evaluate(batch, 0, SHORT)
  (alone,) = cubic.evaluate([jax.nn.relu], 0, SHORT)
  assert _untimed(reports[0]) == _untimed(reports[3]) == _untimed(alone)
  crashed, diverged = reports[1:3]
  assert crashed.status is Status.CRASHED
  assert crashed.feedback == "ZeroDivisionError: float division by zero"
  assert crashed.value is None
  assert diverged.status is Status.DIVERGED
  assert diverged.feedback == Status.DIVERGED.sentence
  assert diverged.value is None
  assert diverged.scores == {"polynomial_cubic": 0.0}


def test_one_exploding_seed_is_no_divergence(cubic: LabFitness) -> None:
  """Not even if it makes the mean loss of every task NaN."""

  def explodes_if_large(x: jax.Array) -> jax.Array:
    return jnp.where(jnp.max(x) > 6, jnp.nan, jnp.tanh(x))

  (report,) = cubic.evaluate([explodes_if_large], 0, Fidelity(60, 2))
  assert np.isnan(report.ood_loss["polynomial_cubic"])
  first, second = report.scores_by_seed["polynomial_cubic"]
  assert first == 0 < second
  assert report.status is Status.OK
  assert report.value == second / 2


def test_the_seed_decides(cubic: LabFitness) -> None:
  first, second, third = (
    _untimed(cubic.evaluate([jax.nn.relu], seed, SHORT)[0])
    for seed in (0, 0, 1)
  )
  assert first == second
  assert first.ood_loss != third.ood_loss


def test_more_steps_learn_more(cubic: LabFitness) -> None:
  (short,) = cubic.evaluate([jax.nn.relu], 0, SHORT)
  (longer,) = cubic.evaluate([jax.nn.relu], 0, Fidelity(150, 2))
  assert longer.id_scores["polynomial_cubic"] > 0.9
  assert short.id_scores["polynomial_cubic"] < 0.5


def test_fewer_seeds_are_the_first_ones(cubic: LabFitness) -> None:
  (two,) = cubic.evaluate([jax.nn.relu], 0, SHORT)
  (one,) = cubic.evaluate([jax.nn.relu], 0, Fidelity(SHORT.steps, 1))
  assert (
    one.scores_by_seed["polynomial_cubic"]
    == (two.scores_by_seed["polynomial_cubic"][:1])
  )
  assert one.value_ci95 is None


def test_more_seeds_than_the_lab_holds(cubic: LabFitness) -> None:
  with pytest.raises(ValueError, match="3 seeds, but the lab holds 2"):
    cubic.evaluate([jax.nn.relu], 0, Fidelity(5, 3))


def test_a_pickled_lab_gives_the_same_report(cubic: LabFitness) -> None:
  (before,) = cubic.evaluate([jax.nn.relu], 0, SHORT)
  copied: LabFitness = pickle.loads(pickle.dumps(cubic))
  assert copied == cubic
  (after,) = copied.evaluate([jax.nn.relu], 0, SHORT)
  assert _untimed(after) == _untimed(before)


def test_gelu_generalises_better_than_sigmoid() -> None:
  lab = LabFitness("lab", ("polynomials",), max_seeds=2)
  batch = [jax.nn.gelu, jax.nn.sigmoid]
  gelu, sigmoid = lab.evaluate(batch, 0, Fidelity(150, 2))
  assert gelu.value is not None
  assert sigmoid.value is not None
  assert gelu.value > sigmoid.value + 0.1


def test_families_of_tasks() -> None:
  lab = LabFitness("lab", ("reasoning_parity", "polynomial_cubic"))
  assert lab.families == {
    "reasoning_parity": "reasoning",
    "polynomial_cubic": "polynomials",
  }


@pytest.mark.parametrize(
  ("suite", "tasks", "label"),
  [
    ("lab", (), "lab@1"),
    ("heldout@1", (), "heldout@1"),
    ("lab", ("polynomials", "reasoning"), "lab@1:polynomials,reasoning"),
  ],
)
def test_the_label_tells_which_tasks(
  suite: str, tasks: tuple[str, ...], label: str
) -> None:
  assert LabFitness(suite, tasks).suite == label


def test_out_of_tree_tasks_join_and_change_the_label(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  registry.discover()
  monkeypatch.setattr(registry, "_tasks", dict(registry._tasks))
  (tmp_path / "tasks_of_this_test.py").write_text(TASK_MODULE)
  monkeypatch.syspath_prepend(tmp_path)
  importlib.invalidate_caches()
  lab = LabFitness("lab", modules=("tasks_of_this_test",))
  assert lab.suite == "lab@1+tasks_of_this_test"
  names = [task.name for task in lab.task_list]
  assert names[-1] == "polynomial_of_this_test"
  assert len(names) == len(LabFitness("lab").task_list) + 1


@pytest.mark.parametrize(
  ("lab", "message"),
  [
    (LabFitness("labs"), "unknown suite 'labs'; nearest: lab"),
    (LabFitness("lab", ("cubic",)), "unknown task of lab@1 'cubic'"),
    (LabFitness("lab", (), ("no_such_module",)), "'no_such_module' does not"),
  ],
)
def test_unknown_names(lab: LabFitness, message: str) -> None:
  with pytest.raises(UserError, match=message):
    lab.load()


def test_the_screen_is_cheap_and_never_more_than_full_fidelity() -> None:
  screen = screen_for(FULL)
  work, full_work = (f.steps * f.num_seeds for f in (screen, FULL))
  assert work <= full_work / 8
  assert screen_for(Fidelity(1, 1)) == Fidelity(1, 1)
