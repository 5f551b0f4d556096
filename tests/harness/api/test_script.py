"""The functions of `import harness`, as a script without a guard calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import harness
from tests import ROOT
from tests.test_borders import ENTRY_POINTS

SCRIPT = f"""
import asyncio, functools, importlib, json
from absl import flags
import harness

for name in {ENTRY_POINTS}:
  importlib.import_module(name)
  for flag in list(flags.FLAGS):  # Others define the same ones.
    delattr(flags.FLAGS, flag)

import haiku as hk, jax, jax.numpy as jnp

jax.config.update("jax_enable_x64", True)
sine = jax.jit(jnp.sin).lower(1.0).as_text()

def mine(x, slope=0.1):
  return jnp.where(x > 0, x, slope * x)

async def evaluated():
  return harness.evaluate(
    [
      jax.nn.gelu, "gelu", "best.py", functools.partial(mine, slope=0.2),
      lambda x: x[:1], lambda x: 1 / 0,
    ],
    num_tasks=3, tasks="polynomials", steps=5, num_seeds=2,
  )

scores = asyncio.run(evaluated())  # A notebook has a loop that runs, too.
assert jax.jit(jnp.sin).lower(1.0).as_text() == sine
best, learned = harness.load("best.py"), harness.load("prelu:layer")
params = hk.transform(learned).init(None, jnp.ones(3))
with open("found.json", "w") as file:
  json.dump(
    {{
      "records": list(scores),
      "columns": list(scores.to_frame()),
      "best": [best.__name__, best(jnp.array([0.5, 2.0])).tolist()],
      "learned": [learned.__name__, str(params)],
      "tasks": harness.list_tasks(),
      "activations": harness.list_activations(),
    }},
    file,
  )
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
  """The results of the script."""
  directory = tmp_path_factory.mktemp("api")
  (directory / "script.py").write_text(SCRIPT)
  (directory / "best.py").write_text("def activation(x):\n  return x * x\n")
  subprocess.run(
    [sys.executable, "script.py"],
    cwd=directory,
    env={**os.environ, "PYTHONPATH": str(ROOT), "JAX_PLATFORMS": "cpu"},
    check=True,
  )
  results: dict[str, Any] = json.loads(
    Path(directory, "found.json").read_text()
  )
  return results


def test_every_activation_has_its_record_in_order(
  found: dict[str, Any],
) -> None:
  names = [record["activation"] for record in found["records"]]
  assert names == [
    "gelu", "gelu (2)", "best.py", "mine", "<lambda>", "<lambda> (2)",
  ]  # fmt: skip
  statuses = [record["status"] for record in found["records"]]
  assert statuses == ["OK"] * 4 + ["INVALID", "CRASHED"]


def test_a_function_scores_as_its_text_in_a_worker(
  found: dict[str, Any],
) -> None:
  ours, text, *_ = found["records"]
  assert ours["value"] == pytest.approx(text["value"], abs=1e-3)
  assert (ours["pointwise"], ours["flops"]) == (True, text["flops"])


def test_failures_say_why(found: dict[str, Any]) -> None:
  *_, wrong, crashed = found["records"]
  assert wrong["feedback"].startswith("returns float32[1] for float32[64]")
  assert crashed["feedback"] == "ZeroDivisionError: division by zero"


def test_a_frame_has_a_column_for_each_task(found: dict[str, Any]) -> None:
  assert found["columns"][:2] == ["activation", "value"]
  (task,) = harness.list_tasks(num_tasks=3, tasks="polynomials")
  assert found["columns"][-1] == task


def test_a_file_is_loaded_as_a_function(found: dict[str, Any]) -> None:
  assert found["best"] == ["best", [0.25, 4.0]]


def test_one_with_trained_parameters_is_loaded(found: dict[str, Any]) -> None:
  name, params = found["learned"]
  assert name == "prelu:layer"
  assert "'activation': {'slope':" in params and "0.25" in params


def test_the_lists(found: dict[str, Any]) -> None:
  assert len(found["tasks"]) == len(set(found["tasks"])) == 64
  assert {"relu", "gelusine"} <= set(found["activations"])
