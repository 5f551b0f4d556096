"""Flags of the command on molecules, without a training."""

import dataclasses
from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.molhiv import run as molhiv_run
from tasks.molhiv.config import Config
from tasks.molhiv.protocol import PAPER, PRESETS, Protocol
from tests.harness.training_commands import Command, Main
from tests.tasks.molhiv import miniature

MIXING = "def activation(x):\n  return jnp.maximum(x, 0) - 0.1 * jnp.mean(x)\n"
GIVEN = "smiles,HIV_active,split\nCCO,0,train\nCCN,1,valid\nC1CC1,0,test\n"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
  return Command("molhiv", tmp_path_factory.mktemp("cache"))


@pytest.fixture
def configs(monkeypatch: pytest.MonkeyPatch) -> list[Config]:
  """Filled with what the command would run."""
  found: list[Config] = []
  monkeypatch.setattr(
    molhiv_run, "run", lambda config, workdir: found.append(config)
  )
  return found


def test_an_activation_that_mixes_elements_is_warned_of(
  main: Main, tmp_path: Path, configs: list[Config]
) -> None:
  file = tmp_path / "mixing.py"
  file.write_text(MIXING)
  out = main(
    "--data_dir=absent",
    f"--activations={file}",
    f"--workdir={tmp_path / 'run'}",
  )
  assert out == [
    f"warning: {file} mixes elements: its outputs for a molecule depend on the "
    "others in the batch, and on its padding"
  ]
  (config,) = configs
  assert list(config.activations) == [str(file)]


@pytest.mark.usefixtures("admitted")
def test_every_number_of_the_protocol_has_a_flag(
  main: Main, tmp_path: Path, configs: list[Config]
) -> None:
  expected = Protocol("gcn_virtual", 4, 24, 0.25, 3, 7, 0.125)
  given = dataclasses.asdict(expected)
  flags = [f"--{name}={value}" for name, value in given.items()]
  for preset, other in PRESETS.items():
    main("--data_dir=absent", f"--preset={preset}", *flags,
         f"--workdir={tmp_path / preset}")  # fmt: skip
    assert configs[-1].protocol == expected
    assert all(value != getattr(other, name) for name, value in given.items())
  main("--data_dir=absent", f"--workdir={tmp_path / 'run'}")
  assert configs[-1].protocol == PAPER


def test_the_paper_is_ogbs() -> None:
  """Hu et al., arXiv 2005.00687, and the example of its authors."""
  assert dataclasses.asdict(PAPER) == {
    "model": "gin",
    "layers": 5,
    "hidden_size": 300,
    "dropout": 0.5,
    "epochs": 100,
    "batch_size": 32,
    "learning_rate": 1e-3,
  }


@pytest.mark.usefixtures("admitted")
@pytest.mark.parametrize(
  ("flag", "line"),
  [
    ("--data_dir=", "--data_dir is required; e.g. --data_dir=runs/data"),
    ("--model=gni", "unknown model 'gni'; nearest: gin"),
    ("--data_dir=absent", "absent has no ogbg_molhiv; put http://snap.stan"),
    ("--build_from=a.csv", "can't read --build_from=a.csv: No such file"),
  ],
)
def test_a_mistake_is_reported_before_any_work(
  flag: str, line: str, main: Main, tmp_path: Path
) -> None:
  workdir = tmp_path / "run"
  with pytest.raises(UserError, match=line):
    main(f"--data_dir={tmp_path}", f"--workdir={workdir}", flag)
  assert not (workdir / "run.json").exists()


@pytest.mark.usefixtures("admitted")
def test_damaged_labels_are_reported_before_any_work(
  main: Main, tmp_path: Path
) -> None:
  folder = miniature.write(tmp_path)
  labels = folder / "raw" / "graph-label.csv.gz"
  labels.unlink()
  with pytest.raises(UserError, match=f"^{labels} is missing; unpack"):
    main(f"--data_dir={tmp_path}", f"--workdir={tmp_path / 'run'}")
  assert not (tmp_path / "run" / "run.json").exists()


def test_a_data_set_is_built_and_that_is_all(
  main: Main, tmp_path: Path
) -> None:
  given = tmp_path / "given.csv"
  given.write_text(GIVEN)
  out = main(f"--build_from={given}", f"--data_dir={tmp_path}")
  folder = tmp_path / "ogbg_molhiv"
  assert " ".join(line.strip() for line in out) == (
    f"{folder} has 3 molecules, 1 of them active; 1 train, 1 valid, 1 test"
  )
  assert sorted(p.name for p in tmp_path.iterdir()) == [
    "given.csv", "ogbg_molhiv"
  ]  # fmt: skip


@pytest.mark.slow
def test_a_mistake_ends_the_process_with_one_line(
  command: Command, tmp_path: Path
) -> None:
  (tmp_path / "hiv.zip").write_text("<html>")
  ended = command.process(
    f"--data_dir={tmp_path}", f"--workdir={tmp_path / 'run'}"
  )
  assert (ended.status, ended.out) == (1, [])
  (line,) = ended.err
  assert line.startswith(
    f"error: {tmp_path / 'hiv.zip'} is damaged (File is no"
  )
