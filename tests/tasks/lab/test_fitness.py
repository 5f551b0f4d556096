import dataclasses
import functools
import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve.activations import ACTIVATIONS
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness, Report, Status
from harness.core.parameters import Learned, Share
from harness.core.table import GRID, Table
from harness.core.trainable import Trainable
from tasks.lab.fitness import FULL, LabFitness, screen_for
from tasks.lab.generator import Stream
from tasks.lab.suites import LAB, Suite
from tests.tasks.lab.own_tasks import write_tasks
from tests.tasks.lab.questions import MODULE, REASONING, REGRESSION, SUITE

SHORT = Fidelity(steps=5, num_seeds=2)
RELU = ACTIVATIONS["relu"]

# For each activation and task: OOD skill of either seed, mean losses in and out
# of distribution, at seed 0. A change to them needs a new version of suites.
GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text())
GOLDEN_FIDELITY = Fidelity(steps=20, num_seeds=2)


@pytest.fixture(scope="module")
def regression() -> LabFitness:
  return LabFitness(SUITE, REGRESSION, (MODULE,))


@pytest.fixture(scope="module")
def lab() -> LabFitness:
  """All networks of the lab."""
  return LabFitness(SUITE, REGRESSION + REASONING, (MODULE,))


@functools.cache
def _table(name: str) -> Table:
  activation = ACTIVATIONS[name]
  slopes = jax.vmap(jax.grad(activation))(GRID)
  return Table.of(np.asarray(activation(GRID)), np.asarray(slopes))


def _assert_golden(name: str, tasks: Sequence[str], report: Report) -> None:
  """Another processor rounds otherwise; one answer of 256 may change."""
  assert tuple(report.scores_by_seed) == tuple(tasks)
  for task in tasks:
    *skills, id_loss, ood_loss = GOLDEN[name][task]
    assert report.scores_by_seed[task] == pytest.approx(skills, abs=6e-3)
    assert report.id_loss[task] == pytest.approx(id_loss, rel=0.01)
    assert report.ood_loss[task] == pytest.approx(ood_loss, rel=0.01)


@pytest.mark.parametrize(
  "name",
  ["relu", "gelusine", pytest.param("turbulent", marks=pytest.mark.slow)],
)
def test_scores_are_those_recorded(regression: LabFitness, name: str) -> None:
  (report,) = regression.evaluate([ACTIVATIONS[name]], 0, GOLDEN_FIDELITY)
  _assert_golden(name, REGRESSION, report)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "gelusine", "turbulent"])
def test_scores_on_reasoning_are_those_recorded(name: str) -> None:
  reasoning = LabFitness(SUITE, REASONING, (MODULE,))
  (report,) = reasoning.evaluate([ACTIVATIONS[name]], 0, GOLDEN_FIDELITY)
  _assert_golden(name, REASONING, report)


@pytest.mark.slow
def test_scores_by_table_are_those_recorded(lab: LabFitness) -> None:
  names = ("relu", "gelusine")
  reports = lab.evaluate([_table(n) for n in names], 0, GOLDEN_FIDELITY)
  for name, report in zip(names, reports, strict=True):
    _assert_golden(f"{name} by table", REGRESSION + REASONING, report)
    assert report.outside == 0


def _not_a_number(x: jax.Array) -> jax.Array:
  return x * jnp.nan


def _raises(x: jax.Array) -> jax.Array:
  raise ZeroDivisionError(f"float division by zero\nat {x}")


def _untimed(report: Report) -> Report:
  return dataclasses.replace(report, seconds=0.0)


def test_a_report_holds_scores_and_losses_of_every_task(
  regression: LabFitness,
) -> None:
  fitness: Fitness = regression
  (report,) = fitness.evaluate([RELU], 0, SHORT)
  assert report.status is Status.OK
  assert {len(s) for s in report.scores_by_seed.values()} == {2}
  assert report.value is not None
  assert 0 <= report.value <= 1
  tables = (report.id_scores, report.id_loss, report.ood_loss)
  assert [tuple(table) for table in tables] == [REGRESSION] * 3
  assert np.isfinite(
    [*report.id_loss.values(), *report.ood_loss.values()]
  ).all()
  weakest = min(report.scores, key=lambda task: report.scores[task])
  assert f"Weakest task: {weakest}." in report.feedback
  assert report.seconds > 0


def test_bad_activations_do_not_affect_others(regression: LabFitness) -> None:
  batch = [RELU, _raises, _not_a_number, RELU]
  reports = regression.evaluate(batch, 0, SHORT)
  (alone,) = regression.evaluate([RELU], 0, SHORT)
  assert _untimed(reports[0]) == _untimed(reports[3]) == _untimed(alone)
  crashed, diverged = reports[1:3]
  assert crashed.status is Status.CRASHED
  assert crashed.feedback == "ZeroDivisionError: float division by zero"
  assert crashed.value is None
  assert diverged.status is Status.DIVERGED
  assert diverged.feedback == Status.DIVERGED.sentence
  assert diverged.value is None
  assert diverged.scores == dict.fromkeys(REGRESSION, 0.0)


def test_one_exploding_seed_is_no_divergence() -> None:
  """Not even if it makes the mean loss of every task NaN."""
  cubic = LabFitness(SUITE, ("cubic",), (MODULE,))

  def explodes_if_large(x: jax.Array) -> jax.Array:
    return jnp.where(jnp.max(x) > 5.2, jnp.nan, jnp.tanh(x))

  (report,) = cubic.evaluate([explodes_if_large], 0, Fidelity(60, 2))
  assert np.isnan(report.ood_loss["cubic"])
  first, second = report.scores_by_seed["cubic"]
  assert second == 0 < first
  assert report.status is Status.OK
  assert report.value == first / 2


def test_the_seed_decides(regression: LabFitness) -> None:
  first, second, third = (
    _untimed(regression.evaluate([RELU], seed, SHORT)[0]) for seed in (0, 0, 1)
  )
  assert first == second
  assert first.ood_loss != third.ood_loss


def test_more_steps_learn_more(regression: LabFitness) -> None:
  (short,) = regression.evaluate([RELU], 0, SHORT)
  (longer,) = regression.evaluate([RELU], 0, Fidelity(150, 2))
  assert longer.id_scores["cubic"] > 0.9
  assert short.id_scores["cubic"] < 0.5


def test_fewer_seeds_are_the_first_ones(regression: LabFitness) -> None:
  (two,) = regression.evaluate([RELU], 0, SHORT)
  (one,) = regression.evaluate([RELU], 0, Fidelity(SHORT.steps, 1))
  assert one.scores_by_seed["cubic"] == (two.scores_by_seed["cubic"][:1])
  assert one.value_ci95 is None


def test_a_pickled_lab_gives_the_same_report(regression: LabFitness) -> None:
  (before,) = regression.evaluate([RELU], 0, SHORT)
  copied: LabFitness = pickle.loads(pickle.dumps(regression))
  assert copied == regression
  (after,) = copied.evaluate([RELU], 0, SHORT)
  assert _untimed(after) == _untimed(before)


@pytest.mark.parametrize(
  "tasks",
  [REGRESSION, pytest.param(REGRESSION + REASONING, marks=pytest.mark.slow)],
)
def test_gelu_generalises_better_than_sigmoid(tasks: tuple[str, ...]) -> None:
  lab = LabFitness(SUITE, tasks, (MODULE,))
  tables = [_table("gelu"), _table("sigmoid")]
  gelu, sigmoid = lab.evaluate(tables, 0, Fidelity(150, 2))
  assert gelu.value is not None
  assert sigmoid.value is not None
  assert gelu.value > sigmoid.value + 0.1


def test_families_of_tasks() -> None:
  lab = LabFitness(SUITE, ("order", "cubic"), (MODULE,))
  assert lab.families == {"order": "reasoning", "cubic": "polynomials"}


@pytest.mark.parametrize(
  ("suite", "tasks", "label"),
  [
    (LAB, (), "lab@2/64/0"),
    (Suite(Stream.FRESH, 128, 3), (), "fresh@2/128/3"),
    (LAB, ("polynomials", "set"), "lab@2/64/0:polynomials,set"),
  ],
)
def test_the_label_names_the_selected_tasks(
  suite: Suite, tasks: tuple[str, ...], label: str
) -> None:
  assert LabFitness(suite, tasks).suite == label


@pytest.mark.usefixtures("own_registry")
def test_out_of_tree_tasks_are_found_in_a_process_elsewhere(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  write_tasks(tmp_path / "theirs.py", "their_task")
  monkeypatch.chdir(tmp_path)
  lab = LabFitness(modules=("theirs.py",))
  assert len(lab.task_list) == len(LabFitness().task_list) + 1
  pickled = pickle.dumps(lab)
  monkeypatch.chdir("/")
  again = pickle.loads(pickled)
  assert again.suite == lab.suite
  assert again.task_list[-1].name == "their_task"


@pytest.mark.parametrize(
  ("lab", "message"),
  [
    (LabFitness(Suite("labs")), "unknown suite 'labs'; nearest: lab"),
    (LabFitness(tasks=("rnk",)), "unknown task of lab@2/64/0 'rnk'"),
    (LabFitness(modules=("no_such_module",)), "'no_such_module' does not"),
  ],
)
def test_unknown_names_are_errors(lab: LabFitness, message: str) -> None:
  with pytest.raises(UserError, match=message):
    lab.load()


def test_the_screen_is_cheap_and_never_more_than_full_fidelity() -> None:
  screen = screen_for(FULL)
  work, full_work = (f.steps * f.num_seeds for f in (screen, FULL))
  assert work <= full_work / 4
  assert screen_for(Fidelity(1, 1)) == Fidelity(1, 1)


@pytest.mark.parametrize(
  "tasks", [REGRESSION, pytest.param(REASONING, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize(
  "share", [Share.LAYER, pytest.param(Share.CHANNEL, marks=pytest.mark.slow)]
)
def test_parameters_are_trained_and_reported(
  tasks: tuple[str, ...], share: Share
) -> None:
  def swish(x: jax.Array, beta: Any = 1.0) -> jax.Array:
    return x * jax.nn.sigmoid(beta * x)

  lab = LabFitness(SUITE, tasks, (MODULE,))
  trained = Trainable(swish, {"beta": 1.0}, share)
  untrained, report, frozen = (
    lab.evaluate([activation], 0, Fidelity(steps, 1))[0]
    for activation, steps in ((trained, 0), (trained, 5), (swish, 0))
  )
  assert untrained.parameters == {"beta": Learned(1.0, 1.0, 0.0)}
  assert untrained.scores == frozen.scores
  assert frozen.parameters == {}
  beta = report.parameters["beta"]
  assert 0 < beta.deviation < 0.1
  assert 0 < abs(beta.mean - 1.0) < 0.1
  assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
