"""Evaluations on an objective of one's own."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import pytest

import harness
from harness.core.fitness import Activation, Fidelity, Report, Status

GRID = jnp.linspace(-2, 2, 64)
FILE = """
import jax.numpy as jnp

def evaluate(activation, seed):
  return jnp.exp(-jnp.mean(jnp.abs(activation(jnp.linspace(-2, 2, 64)))))
"""


def closeness(activation: Activation, seed: int) -> Any:
  """The closeness of a function to tanh; a seed is a shift of the grid."""
  x = GRID + seed / 2**31
  return jnp.exp(-jnp.mean(jnp.abs(activation(x) - jnp.tanh(x))))


class Slopes:
  """An object of the Fitness protocol."""

  suite = "slopes@1"
  goal = "It is to be steep."
  families: Mapping[str, str] = {"left": "sides", "right": "sides"}

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    """Nothing is drawn."""

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    return [
      Report(
        Status.OK,
        "",
        {
          side: (abs(float(f(x) - f(0 * x)) / 100),) * fidelity.num_seeds
          for side, x in (("left", -jnp.ones(())), ("right", jnp.ones(())))
        },
      )
      for f in activations
    ]


def test_a_function_scores_functions_names_and_files(tmp_path: Path) -> None:
  wrong = tmp_path / "wrong.py"
  wrong.write_text("import os\ndef activation(x):\n  return x\n")
  scores = harness.evaluate(
    [jnp.sin, "tanh", wrong], fitness=closeness, num_seeds=3, progress=False
  )
  assert [r["status"] for r in scores] == ["OK", "OK", "INVALID"]
  sine, tanh, _ = (record["scores_by_seed"] for record in scores)
  assert tanh == {"closeness": [1.0, 1.0, 1.0]}
  assert len(set(sine["closeness"])) == 3
  assert {record["suite"] for record in scores} == {"closeness"}
  title, heading, *_ = repr(scores).splitlines()
  assert title == (
    "Values on closeness, 3 seeds; 95% CI over seeds (Student's t)"
  )
  assert heading.split() == ["activation", "value", "95%", "CI", "status"]
  assert "<th>OOD skill</th>" not in scores._repr_html_()
  assert scores.to_frame()["closeness"][1] == 1.0


def test_an_object_of_the_protocol() -> None:
  (record,) = harness.evaluate(
    lambda x: jnp.where(x > 0, 20 * x, 10 * x),
    fitness=Slopes(),
    steps=7,
    num_seeds=2,
    progress=False,
  )
  assert record["suite"] == "slopes@1"
  assert record["scores"] == pytest.approx({"left": 0.1, "right": 0.2})


def test_a_file(tmp_path: Path) -> None:
  path = tmp_path / "mine.py"
  path.write_text(FILE)
  (record,) = harness.evaluate(
    jnp.sin, fitness=f"{path}:evaluate", num_seeds=1, progress=False
  )
  assert record["suite"].startswith("mine.py:evaluate@")
  assert 0 < record["value"] < 1


@pytest.mark.slow
def test_text_on_a_file_goes_through_the_workers(tmp_path: Path) -> None:
  path = tmp_path / "mine.py"
  path.write_text(
    "import os\n"
    "def evaluate(activation, seed):\n"
    f"  return float(os.getcwd() != {os.getcwd()!r})\n"
  )
  text, function = harness.evaluate(
    ["sin", jnp.sin], fitness=f"{path}:evaluate", num_seeds=1, progress=False
  )
  assert (text["value"], function["value"]) == (1.0, 0.0)


def test_a_failure_is_a_record() -> None:
  def broken(activation: Activation, seed: int) -> float:
    return 1 / (seed - seed)

  (record,) = harness.evaluate(jnp.sin, fitness=broken, progress=False)
  assert (record["status"], record["feedback"]) == (
    "CRASHED",
    "broken raised ZeroDivisionError: division by zero",
  )


@pytest.mark.parametrize(
  ("fitness", "options", "message"),
  [
    (closeness, {"num_tasks": 8}, "takes the place of a suite; leave out"),
    (closeness, {"steps": 8}, r"closeness\(activation, seed\) takes no steps"),
    (lambda activation: 1.0, {}, r"<lambda> takes \(activation\); needed"),
    (Slopes, {}, "Slopes is a class; name an object of it"),
    (3, {}, "3 is a int; needed: a function"),
    ("mine.py", {}, "no objective 'mine.py': give a file and a name in it"),
  ],
)
def test_a_mistake_is_one_line(
  fitness: Any, options: dict[str, Any], message: str
) -> None:
  with pytest.raises(harness.UserError, match=message) as failed:
    harness.evaluate(jnp.sin, fitness=fitness, **options)
  assert "\n" not in str(failed.value)
