"""Mistakes in the flags of a search: one line each, before any work."""

from pathlib import Path

import pytest

from tests.harness.forked import ForkedCommands


@pytest.mark.parametrize(
  "flags, line",
  [
    (["--suite=heldout"], "its tasks report and never choose"),
    (["--suite=fresh@2/64/1"], "its tasks report and never choose"),
    (["--mutator=gradient"], "expression"),
    (
      ["--mutator=random", "--tuning_share=0.5"],
      "--tuning_share needs --mutator=expression",
    ),
    (["--mutator=spline", "--space=trees"], "--mutator=expression or random"),
    (["--space=large"], "--space=large needs --mutator=surrogate"),
    (["--mutator=surrogate", "--space=large"], "needs --benchmark"),
    (["--benchmark=absent.csv"], "--benchmark needs --mutator=surrogate"),
    (["--mutator=surrogate", "--benchmark=absent.csv"], "absent.csv"),
    (
      ["--mutator=surrogate", "--benchmark=B", "--benchmark_task=lab@2/32/0"],
      "has scores on the suite of the search",
    ),
    (["--mutator=spline", "--trained_share=0.5"], "--trained_share needs"),
    (["--trained_share=0.5", "--tuning_share=0.5"], "no --tuning_share"),
    (["--space=forest"], "core_units"),
    (["--space=trees", "--tuning_share=0.5"], "--space=blocks"),
    (["--evaluatoins=5"], "nearest: evaluations"),
    (["--evaluations=0"], "--evaluations"),
    (["--tasks=polynomils"], "polynomials"),
    (["--init=relo"], "relu"),
    (["--init=absent.py"], "absent.py"),
    (["--init=."], "no .py file in directory ."),
    (["extra"], "unexpected argument 'extra'"),
  ],
)
def test_a_mistake_is_one_line(
  tmp_path: Path, flags: list[str], line: str, commands: ForkedCommands
) -> None:
  workdir = tmp_path / "new"
  # Without 61 tasks that no mistake is about.
  status, out, err = commands.run(
    "harness.search", f"--workdir={workdir}", "--num_tasks=3", *flags
  )
  assert status in (1, 2) and out == ""
  assert len(err) == 1 and err[0].startswith("error: ") and line in err[0]
  assert not workdir.exists()


def test_the_workdir_is_required(commands: ForkedCommands) -> None:
  status, out, err = commands.run("harness.search", "--steps=5")
  assert (status, out) == (1, "")
  assert err == ["error: --workdir is required; e.g. --workdir=runs/first"]
