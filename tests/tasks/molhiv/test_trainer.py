"""The trainer: what it reads on the machine where it trains."""

from pathlib import Path

import pytest

from harness.core.errors import UserError
from tasks.molhiv.config import Config
from tasks.molhiv.data.molecules import Molecules
from tasks.molhiv.protocol import PRESETS
from tasks.molhiv.trainer import MoleculeTrainer


def test_other_molecules_than_the_runs_are_refused(
  data_dir: Path, molecules: Molecules, tmp_path: Path
) -> None:
  config = Config(PRESETS["fast"], {}, {}, (), data_dir)
  same = MoleculeTrainer(config, tmp_path, molecules.digest)
  assert same._molecules().digest == molecules.digest
  other = MoleculeTrainer(config, tmp_path, "another")
  with pytest.raises(UserError, match=f"^{data_dir} has other molecules on "):
    other._molecules()
