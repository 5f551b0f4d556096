"""Commands with an objective of a user's own."""

import json
from pathlib import Path

import pytest

from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.chat_server import MODEL, ChatServer
from tests.harness.forked import ForkedCommands

# Computes with JAX as it is imported, as users' files do.
OBJECTIVE = """
import jax.numpy as jnp
GRID = jnp.linspace(-2, 2, 64)

def evaluate(activation, seed):
  distance = jnp.mean(jnp.abs(activation(GRID) - jnp.tanh(GRID)))
  return float(jnp.exp(-distance)) * (0.9 + 0.01 * (seed % 10))
"""
Lines = tuple[int, str, list[str]]


class Searched:
  """A small search for an objective."""

  def __init__(self, directory: Path, commands: ForkedCommands):
    self._commands = commands
    self.objective = directory / "objective.py"
    self.objective.write_text(OBJECTIVE)
    self.workdir = directory / "run"
    self.status, self.out, self.err = self.run()

  def run(self, *more: str) -> Lines:
    return self._commands.run(
      "harness.search", f"--fitness={self.objective}:evaluate", "--init=relu",
      "--evaluations=2", "--num_seeds=2", "--fresh_seeds=3", "--top=1",
      "--references=relu",
      f"--workdir={self.workdir}", *more,
    )  # fmt: skip


@pytest.fixture(scope="module")
def searched(
  tmp_path_factory: pytest.TempPathFactory, commands: ForkedCommands
) -> Searched:
  return Searched(tmp_path_factory.mktemp("objective"), commands)


def test_a_search_for_it_ends_with_a_winner(searched: Searched) -> None:
  assert (searched.status, searched.err) == (0, [])
  settings = json.loads((searched.workdir / "run.json").read_text())["settings"]
  assert settings["suite"].startswith("objective.py:evaluate@")
  assert settings["exact"] is True  # Without tables.
  summary = json.loads((searched.workdir / "summary.json").read_text())
  assert 0 < summary["best"]["value"] < 1
  assert (searched.workdir / "best.py").exists()


def test_that_nothing_is_held_out_is_said(searched: Searched) -> None:
  sentence = "no fresh or held-out tasks: an objective of your own"
  assert sentence in searched.out
  assert "held-out" not in searched.out.split(sentence)[0]
  summary = json.loads((searched.workdir / "summary.json").read_text())
  assert summary["best"]["heldout_value"] is None


def test_a_model_is_told_what_it_is(
  tmp_path: Path, commands: ForkedCommands
) -> None:
  objective = tmp_path / "objective.py"
  documented = ':\n  """Closeness to tanh."""\n  distance'
  objective.write_text(OBJECTIVE.replace(":\n  distance", documented))
  with ChatServer(modelled.answer) as server:
    status, _, err = commands.run(
      "harness.search", f"--fitness={objective}:evaluate", "--init=relu",
      "--evaluations=2", "--num_seeds=1", "--fresh_seeds=1", "--top=1",
      "--references=relu",
      "--mutator=llm", f"--llm={MODEL}@{server.base_url}",
      f"--workdir={tmp_path / 'run'}",
    )  # fmt: skip
    prompts = [
      str(request.messages[0]["content"]) for request in server.requests
    ]
  assert (status, err) == (0, [])
  assert prompts[0].startswith(
    "You write an activation function y = f(x). Its score is what an "
    "objective, objective.py:evaluate, returns for it: a number from 0 to 1, "
    "the higher the better, averaged over seeds. The objective describes "
    "itself:\nCloseness to tanh.\n\n"
  )
  assert "OOD" not in prompts[0]


def test_a_changed_file_is_named_on_resume(searched: Searched) -> None:
  searched.objective.write_text(OBJECTIVE + "\n# Better.\n")
  status, out, err = searched.run("--resume", "--evaluations=3")
  searched.objective.write_text(OBJECTIVE)
  assert (status, out) == (1, "")
  assert err == [
    "error: objective.py has changed since the run began; restore it, or give "
    "another --workdir"
  ]


def test_its_failures_are_records(
  tmp_path: Path, commands: ForkedCommands
) -> None:
  objective = tmp_path / "bad.py"
  objective.write_text("def evaluate(activation, seed):\n  return 1.5\n")
  status, out, err = commands.run(
    "harness.score", f"--fitness={objective}:evaluate", "--activations=relu",
    f"--workdir={tmp_path / 'run'}",
  )  # fmt: skip
  assert (status, err) == (0, [])
  assert "relu: CRASHED: bad.py:evaluate returned 1.5 for seed" in out
  assert out.splitlines()[-1] == "no activation could be evaluated"


@pytest.mark.parametrize(
  ("flags", "line"),
  [
    (["--tasks=polynomials"], "leave out suite, num_tasks, draw, "),
    (["--steps=5"], "evaluate(activation, seed) takes no steps"),
  ],
)
@pytest.mark.parametrize("command", ["harness.score", "harness.search"])
def test_flags_that_do_not_go_with_it_are_refused(
  tmp_path: Path,
  command: str,
  flags: list[str],
  line: str,
  commands: ForkedCommands,
) -> None:
  (tmp_path / "mine.py").write_text(OBJECTIVE)
  status, out, err = commands.run(
    command, f"--fitness={tmp_path}/mine.py:evaluate", *flags, "--workdir=no"
  )
  assert (status, out) == (1, "")
  assert len(err) == 1 and line in err[0]


def test_a_record_says_how_parameters_were_trained(
  tmp_path: Path, commands: ForkedCommands
) -> None:
  """This objective makes no network, where alone they can be trained."""
  objective = tmp_path / "objective.py"
  objective.write_text(OBJECTIVE)
  workdir = tmp_path / "run"
  flags = (
    f"--fitness={objective}:evaluate", "--activations=relu,prelu,prelu:frozen",
    "--parameters=layer", "--num_seeds=1", f"--workdir={workdir}",
  )  # fmt: skip
  status, out, _ = commands.run("harness.score", *flags)
  assert status == 0
  lines = (workdir / "scores.jsonl").read_text().splitlines()
  found = {r["activation"]: r for r in map(json.loads, lines)}
  assert {name: r.get("share") for name, r in found.items()} == {
    "relu": None, "prelu": "layer", "prelu:frozen": None,
  }  # fmt: skip
  assert found["prelu"]["status"] == "CRASHED"
  assert "leave them frozen" in found["prelu"]["feedback"]
  assert found["prelu:frozen"]["status"] == "OK"
  again = commands.run("harness.score", "--resume", f"--workdir={workdir}")
  assert again[0] == 0 and again[1].count("prelu") == out.count("prelu")
