"""Batches: their images, order and augmentation."""

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.imagenet.data import datasets, digits, pipeline
from tasks.imagenet.data.batches import Batch
from tests.tasks.imagenet.data import miniatures

STEPS = 3  # Of each epoch below; a few images are left over.


class Data(NamedTuple):
  """A data set, and a batch size that makes an epoch of three steps."""

  dataset: datasets.Dataset
  data_dir: Path | None
  batch_size: int
  num_train: int
  num_test: int
  image_size: int | None = None

  def training(self, seed: int = 0, **changes: Any) -> Iterator[Batch]:
    sizes = {"batch_size": self.batch_size, "image_size": self.image_size}
    return pipeline.training_batches(
      self.dataset, self.data_dir, seed=seed, **(sizes | changes)
    )

  def testing(self, **changes: Any) -> list[Batch]:
    sizes = {"batch_size": self.batch_size, "image_size": self.image_size}
    return list(
      pipeline.test_batches(self.dataset, self.data_dir, **(sizes | changes))
    )

  def pixels(self, batch: Batch) -> np.ndarray:
    """The images before they were normalised, without padding."""
    normalised = batch.images[batch.mask == 1]
    return normalised * self.dataset.std + self.dataset.mean

  def images(self, *batches: Batch) -> Counter[Any]:
    """The count of each image, however it was cropped."""
    pixels = np.concatenate([self.pixels(batch) for batch in batches])
    if self.dataset.name == "digits":
      return Counter(image.astype(np.float32).tobytes() for image in pixels)
    return Counter(miniatures.number_of(pixels).tolist())


@pytest.fixture
def imagenet(miniature_imagenet: Path) -> Data:
  sizes = miniatures.IMAGENET_TRAIN, miniatures.IMAGENET_TEST
  dataset = datasets.by_name("imagenet2012")
  return Data(dataset, miniature_imagenet, 6, *sizes, image_size=32)


@pytest.fixture
def cifar10(miniature_cifar10: Path) -> Data:
  sizes = miniatures.CIFAR_TRAIN, miniatures.CIFAR_TEST
  return Data(datasets.by_name("cifar10"), miniature_cifar10, 16, *sizes)


@pytest.fixture(params=["imagenet", "cifar10", "digits"])
def data(request: pytest.FixtureRequest) -> Data:
  if request.param == "digits":
    return Data(datasets.by_name("digits"), None, 400, 1415, 382)
  data: Data = request.getfixturevalue(request.param)
  return data


def _take(count: int, batches: Iterator[Batch]) -> list[Batch]:
  return list(itertools.islice(batches, count))


def _bytes(batches: list[Batch]) -> list[bytes]:
  return [values.tobytes() for batch in batches for values in batch]


def test_batches_have_their_shapes_and_types(data: Data) -> None:
  size = data.image_size or data.dataset.image_shape[0]
  shape = (data.batch_size, size, size, data.dataset.image_shape[2])
  training = _take(STEPS + 1, data.training())
  for batch in training + data.testing():
    assert batch.images.shape == shape
    assert batch.labels.shape == batch.mask.shape == shape[:1]
    assert batch.images.dtype == batch.mask.dtype == np.float32
    assert batch.labels.dtype == np.int32
  assert all(batch.mask.all() for batch in training)


def test_a_seed_gives_the_same_batches(data: Data) -> None:
  first, same, other = (_take(4, data.training(seed)) for seed in (3, 3, 4))
  assert _bytes(first) == _bytes(same)
  assert all(
    mine.images.tobytes() != theirs.images.tobytes()
    for mine, theirs in zip(first, other, strict=True)
  )


@pytest.mark.parametrize(
  "process", [pytest.param((0, 1), marks=pytest.mark.slow), (1, 2)]
)
def test_a_later_start_goes_on_bit_for_bit(
  process: tuple[int, int], data: Data
) -> None:
  index, count = process
  arguments = {
    "process_index": index,
    "process_count": count,
    "batch_size": data.batch_size // count,
  }
  all_batches = _take(2 * STEPS + 1, data.training(**arguments))
  for start in (STEPS - 1, STEPS, STEPS + 2):
    left = _take(
      len(all_batches) - start, data.training(start_step=start, **arguments)
    )
    assert _bytes(left) == _bytes(all_batches[start:])


def test_an_epoch_takes_each_image_once(data: Data) -> None:
  batches = _take(2 * STEPS, data.training())
  epochs = [data.images(*batches[:STEPS]), data.images(*batches[STEPS:])]
  for epoch in epochs:
    assert epoch.total() == STEPS * data.batch_size
    assert set(epoch.values()) == {1}
  # In another order, and others are left out.
  assert data.images(batches[0]) != data.images(batches[STEPS])
  assert epochs[0] != epochs[1]


def test_processes_share_an_epoch(data: Data) -> None:
  batch_size = data.num_train // 2 // STEPS
  parts = [
    _take(
      STEPS,
      data.training(
        process_index=index, process_count=2, batch_size=batch_size
      ),
    )
    for index in range(2)
  ]
  images = data.images(*parts[0], *parts[1])
  assert images.total() == 2 * STEPS * batch_size
  assert set(images.values()) == {1}


@pytest.mark.parametrize("count", [1, 3, 9])
def test_every_image_is_tested_once(count: int, data: Data) -> None:
  batch_size = data.num_test // 3 // count + 1
  parts = [
    data.testing(
      process_index=index, process_count=count, batch_size=batch_size
    )
    for index in range(count)
  ]
  assert len({len(part) for part in parts}) == 1
  batches = [batch for part in parts for batch in part]
  assert sum(batch.mask.sum() for batch in batches) == data.num_test
  images = data.images(*batches)
  assert images.total() == data.num_test
  assert images == data.images(*data.testing(batch_size=data.num_test))
  for batch in batches:
    padding = batch.mask == 0
    assert not batch.images[padding].any()
    assert not batch.labels[padding].any()
    assert list(batch.mask) == sorted(batch.mask, reverse=True)


def test_testing_is_the_same_each_time(data: Data) -> None:
  assert _bytes(data.testing()) == _bytes(data.testing())


def test_too_large_a_batch_is_an_error(data: Data) -> None:
  message = rf"has {data.num_train} images .* choose a smaller --batch_size"
  with pytest.raises(UserError, match=message):
    data.training(batch_size=data.num_train // 2 + 1, process_count=2)
  assert len(_take(2, data.training(batch_size=data.num_train))) == 2


def test_images_in_memory_have_one_size(data: Data) -> None:
  if data.dataset.is_held:
    with pytest.raises(
      UserError, match="not 64 x 64; leave the image size out"
    ):
      data.training(image_size=64)


def test_digits_are_seen_as_they_are() -> None:
  dataset = datasets.by_name("digits")
  (batch,) = pipeline.test_batches(dataset, None, 382)
  pixels, labels = digits.read("test")
  expected = (pixels - dataset.mean) / dataset.std
  np.testing.assert_allclose(batch.images, expected, rtol=0, atol=1e-6)
  np.testing.assert_array_equal(batch.labels, labels)


def test_cifar10_is_tested_as_it_is(cifar10: Data) -> None:
  (batch,) = cifar10.testing(batch_size=cifar10.num_test)
  pixels = cifar10.pixels(batch)
  for number, image, label in zip(
    miniatures.number_of(pixels), pixels, batch.labels, strict=True
  ):
    expected = miniatures.picture(number, 32, 32)
    np.testing.assert_allclose(image, expected, rtol=0, atol=1e-3)
    assert label == number % 10


def test_cifar10_is_shifted_and_flipped(cifar10: Data) -> None:
  seen = set()
  for batch in _take(4 * STEPS, cifar10.training()):
    pixels = np.rint(cifar10.pixels(batch)).astype(np.uint8)
    numbers = miniatures.number_of(pixels)
    np.testing.assert_array_equal(batch.labels, numbers % 10)
    for number, image in zip(numbers, pixels, strict=True):
      seen.add(_view(miniatures.picture(number, 32, 32), image))
  assert {down for down, _, _ in seen} == set(range(-4, 5))
  assert {right for _, right, _ in seen} == set(range(-4, 5))
  assert {flipped for _, _, flipped in seen} == {False, True}


def _view(picture: np.ndarray, image: np.ndarray) -> tuple[int, int, bool]:
  """An image's shift down and right, in pixels, and whether it is flipped."""
  bordered = np.pad(picture, ((8, 8), (8, 8), (0, 0)))
  places = itertools.product(range(-8, 9), range(-8, 9), (False, True))
  for down, right, flipped in places:
    view = bordered[8 - down :, 8 - right :][:32, :32]
    if (image == (view[:, ::-1] if flipped else view)).all():
      return down, right, flipped
  raise AssertionError("no view of the picture")


def test_imagenet_has_the_labels_of_its_builder(imagenet: Data) -> None:
  import tensorflow_datasets as tfds

  package = Path(tfds.__file__).parent / "datasets" / "imagenet2012"
  synsets = (package / "labels.txt").read_text().split()
  # Those of the validation images in the order of their names.
  listed = (package / "validation_labels.txt").read_text().split()
  assert len(listed) == imagenet.dataset.num_test
  (batch,) = imagenet.testing(batch_size=imagenet.num_test)
  numbers = miniatures.number_of(imagenet.pixels(batch))
  for number, label in zip(numbers, batch.labels, strict=True):
    assert synsets[label] == listed[number]
  (batch,) = _take(1, imagenet.training(batch_size=imagenet.num_train))
  numbers = miniatures.number_of(imagenet.pixels(batch))
  for number, label in zip(numbers, batch.labels, strict=True):
    assert synsets[label] == miniatures.SYNSETS[number // 10]


def test_imagenet_is_cropped_at_random(imagenet: Data) -> None:
  """Colours tell each crop's place and size, as far as a JPEG keeps them."""
  batches = _take(8 * STEPS, imagenet.training())
  shares, aspects, flips = [], [], []
  views: dict[int, set[bytes]] = {}
  for batch in batches:
    pixels = imagenet.pixels(batch)
    numbers = miniatures.number_of(pixels)
    for number, image in zip(numbers, pixels, strict=True):
      height, width = miniatures.imagenet_size(number)
      right = np.median(image[:, -1, 0] - image[:, 0, 0]) / 255
      down = np.median(image[-1, :, 1] - image[0, :, 1]) / 255
      shares.append(abs(right) * down)
      aspects.append(abs(right) * width / (down * height))
      flips.append(right < 0)
      views.setdefault(number, set()).add(image.tobytes())
  assert 0.06 < min(shares) < 0.2 and 0.8 < max(shares) < 1.02
  assert 0.7 < min(aspects) < 0.9 and 1.15 < max(aspects) < 1.42
  assert 0.3 < np.mean(flips) < 0.7
  assert sum(map(len, views.values())) == len(shares)  # No view twice.


def test_imagenet_is_tested_on_the_middle(imagenet: Data) -> None:
  (batch,) = imagenet.testing(batch_size=imagenet.num_test)
  pixels = imagenet.pixels(batch)
  for number, image in zip(miniatures.number_of(pixels), pixels, strict=True):
    height, width = miniatures.imagenet_size(number)
    side = 0.875 * min(height, width)
    for length, shades in (
      (width, np.median(image[..., 0], axis=0)),
      (height, np.median(image[..., 1], axis=1)),
    ):
      margin = (length - side) / 2 + side / 64  # To the middle of a pixel.
      expected = np.linspace(margin, length - margin, 32) / length * 255
      np.testing.assert_allclose(shades, expected, rtol=0, atol=4)


def test_imagenet_does_not_depend_on_parallelism(
  imagenet: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
  import tensorflow as tf

  expected = _bytes(_take(2 * STEPS, imagenet.training()))
  for parallel in (1, 7):
    monkeypatch.setattr(tf.data, "AUTOTUNE", parallel)
    found = _take(2 * STEPS, imagenet.training())
    assert _bytes(found) == expected
