"""Flags of all commands that train, as main functions in this process."""

from pathlib import Path

import pytest

from harness.core.errors import UserError
from tests.harness.training_commands import Command, Main

# The least that says what to train on; it is not read.
BENCHMARK = {
  "clrs30": ("--algorithms=minimum", "--samples_dir=absent"),
  "imagenet": ("--dataset=digits",),
  "molhiv": ("--data_dir=absent",),
}
NOT_ADMITTED = {
  "INVALID": "import os\ndef activation(x):\n  return jnp.maximum(x, 0)\n",
  "OVER_BUDGET": (
    "def activation(x):\n"
    "  for _ in range(1000):\n"
    "    x = jnp.sin(jnp.exp(x))\n"
    "  return x\n"
  ),
}
MISTAKES = [
  ("--activations=gelusin", "unknown activation 'gelusin'; nearest: gelusine"),
  ("--activations=absent.py", "can't read activation absent.py: No such fil"),
  ("--activations=", "no activation given"),
  ("--seeds=0,one", "--seeds takes numbers from 0 .*, not 'one'"),
  ("--seeds=-1", "--seeds takes numbers from 0 .*, not '-1'"),
  ("--seeds=", "no seed is given"),
  ("--workdir=", "--workdir is required"),
]


@pytest.fixture(scope="module", params=BENCHMARK)
def command(
  request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Command:
  return Command(request.param, tmp_path_factory.mktemp("cache"))


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(("flag", "line"), MISTAKES)
def test_a_mistake_is_reported_before_any_work(
  flag: str, line: str, command: Command, main: Main, tmp_path: Path
) -> None:
  workdir = tmp_path / "run"
  with pytest.raises(UserError, match=line):
    main(*BENCHMARK[command.name], f"--workdir={workdir}", flag)
  assert not (workdir / "run.json").exists()


@pytest.mark.parametrize("reason", NOT_ADMITTED)
def test_a_file_that_is_not_admitted(
  reason: str, command: Command, main: Main, tmp_path: Path
) -> None:
  file, workdir = tmp_path / "file.py", tmp_path / "run"
  file.write_text(NOT_ADMITTED[reason])
  flags = (f"--activations={file}", f"--workdir={workdir}")
  with pytest.raises(UserError, match=f"{file} is refused: {reason}: "):
    main(*BENCHMARK[command.name], *flags)
  assert not (workdir / "run.json").exists()


def test_list_activations(main: Main) -> None:
  out = main("--list_activations")
  assert {"relu", "gelusine", "panel,"} <= {line.split()[0] for line in out[2:]}
