"""idx files, whole and damaged, and the data set that is read from them."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.imagenet.data import datasets, idx_files, pipeline

FASHION = datasets.by_name("fashion_mnist")
NUM_TRAIN, NUM_TEST = 24, 10
DARKEST = 65  # Pixels are about as bright as those of Fashion-MNIST.


def _idx(numbers: np.ndarray) -> bytes:
  header = bytes([0, 0, 8, numbers.ndim])
  shape = struct.pack(f">{numbers.ndim}i", *numbers.shape)
  return header + shape + numbers.astype(np.uint8).tobytes()


def _images(count: int) -> np.ndarray:
  """Images whose pixels are their numbers above the darkest."""
  numbers = DARKEST + np.arange(count)[:, None, None]
  return np.broadcast_to(numbers, (count, 28, 28))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
  """Compressed training files, and test files as they are."""
  for prefix, count in (("train", NUM_TRAIN), ("t10k", NUM_TEST)):
    files = {
      f"{prefix}-images-idx3-ubyte": _idx(_images(count)),
      f"{prefix}-labels-idx1-ubyte": _idx(np.arange(count) % 10),
    }
    for name, data in files.items():
      if prefix == "train":
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(data))
      else:
        (tmp_path / name).write_bytes(data)
  return tmp_path


def test_images_and_labels_in_their_order(folder: Path) -> None:
  for split, count in (("train", NUM_TRAIN), ("test", NUM_TEST)):
    images = idx_files.read(folder, split, FASHION)
    assert images.pixels.shape == (count, 28, 28, 1)
    np.testing.assert_array_equal(
      images.pixels[:, 3, 5, 0], DARKEST + np.arange(count)
    )
    np.testing.assert_array_equal(images.labels, np.arange(count) % 10)


def test_fashion_mnist_needs_no_tensorflow_then(
  folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  def late_import(name: str) -> None:
    raise AssertionError(name)

  monkeypatch.setattr(pipeline, "late_import", late_import)
  sizes = pipeline.prepare(FASHION, folder)
  assert sizes == (NUM_TRAIN, NUM_TEST)
  batch = next(pipeline.training_batches(FASHION, folder, 8, 0))
  assert batch.images.shape == (8, 28, 28, 1)
  # A shift leaves the middle, and pixels are standardised.
  number = batch.images[:, 14, 14, 0] * FASHION.std[0] + FASHION.mean[0]
  np.testing.assert_array_equal((np.rint(number) - DARKEST) % 10, batch.labels)


@pytest.mark.parametrize(
  ("name", "data", "line"),
  [
    ("train-images-idx3-ubyte.gz", None, "has no train-images-idx3-ubyte or "),
    ("train-images-idx3-ubyte.gz", b"\x1f\x8b\x08torn", "is damaged"),
    ("train-images-idx3-ubyte.gz", gzip.compress(b""), "no idx file of bytes "),
    ("t10k-labels-idx1-ubyte", _idx(np.zeros((3, 3, 3))), "in 1 dimensions"),
    ("t10k-labels-idx1-ubyte", _idx(np.zeros(9)), "10 images, and .* 9 label"),
    ("t10k-labels-idx1-ubyte", _idx(np.full(10, 12)), "a label 12, and there"),
    ("t10k-images-idx3-ubyte", _idx(_images(10))[:-1], "7839 numbers for a sh"),
    (
      "t10k-images-idx3-ubyte",
      _idx(_images(10)[:, :8]),
      r"images of \(8, 28\)",
    ),
    # MNIST is darker.
    (
      "t10k-images-idx3-ubyte",
      _idx(_images(10) - 35),
      "a mean of 34, .* 73; is",
    ),
  ],
)
def test_a_mistake_is_one_line(
  folder: Path, name: str, data: bytes | None, line: str
) -> None:
  if data is None:
    (folder / name).unlink()
  else:
    (folder / name).write_bytes(data)
  with pytest.raises(UserError, match=line) as refused:
    pipeline.prepare(FASHION, folder)
  assert "\n" not in str(refused.value)
