"""Trains and tests activations on molecules, for whoever schedules it."""

import platform
from pathlib import Path
from typing import Any

from harness.core import trainable
from harness.core.errors import UserError
from harness.core.scalars import FOLDER, Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.trainer import Watcher
from tasks.molhiv import auc
from tasks.molhiv.compiled import CompiledNetwork, TrainState
from tasks.molhiv.config import Config
from tasks.molhiv.data import batches, layout
from tasks.molhiv.data.batches import Batch
from tasks.molhiv.data.molecules import Molecules
from tasks.molhiv.training import MoleculeTraining, Result


class MoleculeTrainer:
  """A Trainer; groups have one seed each, and seeds share what is compiled."""

  def __init__(self, config: Config, path: Path, digest: str):
    """A trainer of a run.

    Args:
      config: of the run.
      path: of the workdir, which gets curves.
      digest: of the molecules.
    """
    self._config, self._path = config, path.resolve()
    self._digest = digest
    # Of the last activation, by its name.
    self._networks: dict[str, CompiledNetwork] = {}
    self._ended_compilations = 0
    self._tests: dict[str, list[Batch]] = {}

  @property
  def compilations(self) -> int:
    """See Trainer."""
    return self._ended_compilations + sum(
      network.compilations for network in self._networks.values()
    )

  def check(self) -> None:
    """Raises a UserError if no training is possible with the settings."""
    auc.check()
    for name, activation in self._config.activations.items():
      CompiledNetwork(self._config.protocol, activation).check(name)

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> list[dict[str, Any]]:
    """Trains and tests a group of one seed; returns its result.

    Raises:
      UserError: see Checkpoint and `_molecules`.
    """
    config = self._config
    (seed,) = group.seeds
    molecules = self._molecules()
    size = config.protocol.batch_size
    folder = self._path / FOLDER / group.curves_name(config.activations)
    with Scalars(folder) as scalars:
      training = MoleculeTraining(
        config.protocol,
        seed,
        batches.num_batches(len(molecules.splits["train"]), size),
        self._network(group.activation),
        checkpoint,
        scalars,
        watcher.show,
      )
      stream = batches.training_batches(molecules, size, seed, training.step)
      found = training.run(
        stream,
        lambda state, split: self._score(
          group.activation, state, molecules, split
        ),
      )
    shared = trainable.sharing(self._config.activations[group.activation])
    return [self._result(found) | shared]

  def _molecules(self) -> Molecules:
    """The data set, read on the machine that trains.

    Raises:
      UserError: see `layout.read`; or it is not what the run was begun with.
    """
    molecules = layout.read(self._config.data_dir)
    if molecules.digest != self._digest:
      raise UserError(
        f"{self._config.data_dir} has other molecules on {platform.node()} "
        "than where the run began; copy the folder there"
      )
    return molecules

  def _network(self, activation: str) -> CompiledNetwork:
    if activation not in self._networks:
      self._ended_compilations = self.compilations
      function = self._config.activations[activation]
      network = CompiledNetwork(self._config.protocol, function)
      self._networks = {activation: network}
    return self._networks[activation]

  def _score(
    self, activation: str, state: TrainState, molecules: Molecules, split: str
  ) -> float | None:
    """The ROC-AUC of a state on a split."""
    if split not in self._tests:
      self._tests[split] = batches.in_order(molecules, split)
    network = self._network(activation)
    logits = network.predictions(state, self._tests[split])
    return auc.roc_auc(molecules.labels[molecules.splits[split]], logits)

  def _result(self, found: Result) -> dict[str, Any]:
    return {
      "status": found.status.value,
      "test_auc": found.test_auc,
      "val_auc": found.val_auc,
      "best_epoch": found.best_epoch,
      "diverged_step": found.diverged_step,
      "model": self._config.protocol.model,
      "epochs": self._config.protocol.epochs,
      "parameters": dict(found.parameters),
    }
