"""The trainer: what fits the memory, and its way to other processes."""

import pickle
from pathlib import Path

import pytest

from evolve.program import Program
from harness.core import memory
from harness.core.errors import UserError
from harness.core.parameters import Share
from tasks.clrs30.config import Config
from tasks.clrs30.processors import Sites
from tasks.clrs30.protocol import PRESETS
from tasks.clrs30.registry import get
from tasks.clrs30.trainer import AlgorithmTrainer

PROGRAMS = {
  "square": Program("def activation(x):\n  return x * x\n"),
  "scaled": Program(
    "def activation(x, a=3.0):\n  return a * x\n"
  ).sharing(Share.LAYER),
}  # fmt: skip


def _trainer(jobs: int = 1) -> AlgorithmTrainer:
  config = Config(
    algorithms=[get("bfs"), get("eccentricity")],
    activations={n: p.activation() for n, p in PROGRAMS.items()},
    program_ids={n: p.id for n, p in PROGRAMS.items()},
    seeds=[0],
    protocol=PRESETS["smoke"],
    processor="deepsets",
    sites=Sites.ALL,
    seeds_per_program=1,
    data_dir=Path("unused"),
    jobs=jobs,
  )
  return AlgorithmTrainer(config, Path("unused"), [])


def test_as_many_trajectories_as_fit_are_tested_together(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setattr(memory, "free", lambda: 1e9)
  assert _trainer()._num_fitting(200_000_000, 256) == 4  # Of 0.8 GB.
  assert _trainer(jobs=2)._num_fitting(200_000_000, 256) == 2
  with pytest.raises(UserError) as error:
    _trainer(jobs=2)._num_fitting(500_000_000, 256)
  assert str(error.value) == (
    "a test at 256 nodes takes 0.5 GB for one trajectory, of which 0.4 GB are "
    "to be had; leave 256 out of --test_lengths, or train fewer at a time"
  )


def test_a_copy_for_another_process_has_all_it_needs() -> None:
  copy = pickle.loads(pickle.dumps(_trainer()))
  assert copy._config.by_name.keys() == {"bfs", "eccentricity"}
  assert copy._config.algorithms[1] is get("eccentricity")  # By its name.
  activations = copy._config.activations
  assert float(activations["square"](3.0)) == 9.0
  assert float(activations["scaled"].frozen(2.0)) == 6.0
  assert activations["scaled"].share is Share.LAYER
