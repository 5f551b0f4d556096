"""Trains and tests activations on a data set, for whoever schedules it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.core import parameters, trainable
from harness.core.scalars import FOLDER, Scalars
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.seed_groups import SeedGroup
from harness.core.trainings.trainer import Watcher
from tasks.imagenet import memory
from tasks.imagenet.compiled import CompiledClassifier
from tasks.imagenet.config import Config
from tasks.imagenet.data import pipeline
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.training import ClassifierTraining, SeedAccuracy


class ImageTrainer:
  """A Trainer.

  Attributes:
    compilations: see Trainer.
  """

  def __init__(self, config: Config, steps_per_epoch: int, path: Path):
    """A trainer of a run.

    Args:
      config: of the run.
      steps_per_epoch: of the data set.
      path: of the workdir, which gets curves.
    """
    self._config, self._path = config, path.resolve()
    self._steps_per_epoch = steps_per_epoch
    self.compilations = 0
    # The last one, by activation and number of seeds.
    self._classifiers: dict[tuple[str, int], CompiledClassifier] = {}

  def check(self) -> None:
    """Raises a UserError if no training is possible with the settings."""
    self._training_batches(0, 0)
    for name in self._config.activations:
      self._made(name, 1).check(name)

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> list[dict[str, Any]]:
    """Trains and tests a group; returns the results of its seeds.

    Raises:
      UserError: see Checkpoint, `memory.check` and `pipeline`.
    """
    config, name = self._config, group.activation
    classifier = self._classifier(name, len(group.seeds))
    folder = self._path / FOLDER / group.curves_name(config.activations)
    with Scalars(folder) as scalars:
      training = ClassifierTraining(
        config.recipe,
        group.seeds,
        self._steps_per_epoch,
        classifier,
        checkpoint,
        scalars,
        watcher.show,
      )
      self.compilations += classifier.compile(training.state)
      memory.check(classifier.num_bytes, f"{config.recipe.model} with {name}")
      streams = [
        self._training_batches(seed, training.step) for seed in group.seeds
      ]
      found = training.run(streams, self._test_batches)
      shared = trainable.sharing(config.activations[name])
      return [self._result(accuracy) | shared for accuracy in found]

  def _classifier(self, activation: str, num_seeds: int) -> CompiledClassifier:
    key = activation, num_seeds
    if key not in self._classifiers:
      self._classifiers = {key: self._made(*key)}
    return self._classifiers[key]

  def _made(self, activation: str, num_seeds: int) -> CompiledClassifier:
    return CompiledClassifier(
      self._config.dataset,
      self._config.recipe,
      self._config.activations[activation],
      steps_per_epoch=self._steps_per_epoch,
      image_size=self._config.image_size,
      num_seeds=num_seeds,
    )

  def _training_batches(self, seed: int, step: int) -> Iterator[Batch]:
    return pipeline.training_batches(
      self._config.dataset,
      self._config.data_dir,
      self._config.recipe.batch_size,
      seed,
      start_step=step,
      image_size=self._config.image_size,
    )

  def _test_batches(self) -> Iterator[Batch]:
    return pipeline.test_batches(
      self._config.dataset,
      self._config.data_dir,
      self._config.recipe.batch_size,
      image_size=self._config.image_size,
    )

  def _result(self, accuracy: SeedAccuracy) -> dict[str, Any]:
    return {
      "status": accuracy.status.value,
      "top1": accuracy.top1,
      "top5": accuracy.top5,
      "diverged_step": accuracy.diverged_step,
      "model": self._config.recipe.model,
      "epochs": self._config.recipe.epochs,
      "parameters": parameters.to_json(accuracy.parameters),
    }
