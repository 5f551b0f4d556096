"""Miniatures of the data sets, built by TFDS, and small models."""

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from tasks.imagenet.data import datasets, pipeline
from tasks.imagenet.models import MODELS
from tests.tasks.imagenet import tiny
from tests.tasks.imagenet.data import miniatures


@pytest.fixture(scope="session")
def miniature_imagenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A data_dir with ImageNet of 20 images to train and 8 to test on."""
  data_dir = tmp_path_factory.mktemp("imagenet")
  miniatures.write_imagenet(data_dir / "downloads" / "manual")
  pipeline.prepare(datasets.by_name("imagenet2012"), data_dir)
  return data_dir


@pytest.fixture(scope="session")
def miniature_cifar10(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A data_dir with CIFAR-10 of 50 images to train and 12 to test on."""
  data_dir = tmp_path_factory.mktemp("cifar10")
  manual_dir = data_dir / "downloads" / "manual"
  checksum = miniatures.write_cifar10(manual_dir)
  with miniatures.registered_cifar10(manual_dir, checksum):
    pipeline.prepare(datasets.by_name("cifar10"), data_dir)
  return data_dir


@pytest.fixture(scope="module")
def tiny_models() -> Iterator[None]:
  """Small models by name, in programs that compile in half the time."""
  jax.config.update("jax_disable_most_optimizations", True)
  with pytest.MonkeyPatch.context() as patch:
    for name, builder in tiny.MODELS.items():
      patch.setitem(MODELS, name, builder)
    yield
  jax.config.update("jax_disable_most_optimizations", False)
