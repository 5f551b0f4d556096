"""Images in the idx files of MNIST and of its descendants; NumPy only.

Four files, perhaps compressed: train-images-idx3-ubyte and its like. An idx
file has two bytes of 0, one that tells the type of its numbers, one with the
number of dimensions, the dimensions as big-endian int32, and the numbers
(yann.lecun.com/exdb/mnist). Debian's package dataset-fashion-mnist has those of
Fashion-MNIST (Xiao et al., arXiv 1708.07747).
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from harness.core.errors import UserError
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.data.in_memory import Images

_PREFIXES = {"train": "train", "test": "t10k"}
_UNSIGNED_BYTE = 8
# Of 255; the mean is 73 for Fashion-MNIST, 49 for KMNIST and 33 for MNIST.
_MEAN_TOLERANCE = 8.0


def are_in(folder: Path) -> bool:
  """True if a folder has any of the files."""
  return any(_found(folder, _name("train", d)) for d in (1, 3))


def read(folder: Path, split: str, dataset: Dataset) -> Images:
  """All images of "train" or "test", in the order of the files.

  Args:
    folder: has the four files.
    split: the name.
    dataset: that the files are of.

  Raises:
    UserError: a file is missing or damaged, or they don't belong together, or
      to another data set.
  """
  paths = [_path(folder, _name(split, dimensions)) for dimensions in (3, 1)]
  pixels, labels = (
    _numbers(path, dimensions)
    for path, dimensions in zip(paths, (3, 1), strict=True)
  )
  if len(pixels) != len(labels):
    raise UserError(
      f"{paths[0]} has {len(pixels)} images, and {paths[1]} {len(labels)} "
      "labels; put files of one data set there"
    )
  classes = dataset.num_classes
  if labels.max(initial=0) >= classes:
    raise UserError(
      f"{paths[1]} has a label {labels.max()}, and there are {classes} "
      "classes; is it another data set?"
    )
  _check_pixels(pixels, paths[0], dataset)
  return Images(pixels[..., None], labels.astype(np.int32))


def _check_pixels(pixels: np.ndarray, path: Path, dataset: Dataset) -> None:
  """MNIST and its descendants have files of the same names and shapes."""
  if pixels.shape[1:] != dataset.image_shape[:2]:
    raise UserError(
      f"{path} has images of {pixels.shape[1:]}, and those of {dataset.name} "
      f"are {dataset.image_shape[:2]}; is it another data set?"
    )
  mean = float(pixels.mean()) if len(pixels) else 0.0
  if abs(mean - dataset.mean[0]) > _MEAN_TOLERANCE:
    raise UserError(
      f"the pixels of {path} have a mean of {mean:.0f}, and those of "
      f"{dataset.name} {dataset.mean[0]:.0f}; is it another data set?"
    )


def _name(split: str, dimensions: int) -> str:
  kind = "labels" if dimensions == 1 else "images"
  return f"{_PREFIXES[split]}-{kind}-idx{dimensions}-ubyte"


def _found(folder: Path, name: str) -> Path | None:
  candidates = folder / name, folder / f"{name}.gz"
  return next((path for path in candidates if path.is_file()), None)


def _path(folder: Path, name: str) -> Path:
  path = _found(folder, name)
  if path is None:
    raise UserError(f"{folder} has no {name} or {name}.gz; put it there")
  return path


def _numbers(path: Path, dimensions: int) -> np.ndarray:
  """The numbers of a file, uint8."""
  try:
    data = path.read_bytes()
    if path.suffix == ".gz":
      data = gzip.decompress(data)
  except (OSError, EOFError, zlib.error) as error:
    raise _damaged(path, str(error)) from error
  begin = 4 + 4 * dimensions
  if data[:4] != bytes([0, 0, _UNSIGNED_BYTE, dimensions]) or len(data) < begin:
    raise _damaged(path, f"no idx file of bytes in {dimensions} dimensions")
  shape = [int(n) for n in np.frombuffer(data, ">i4", dimensions, 4)]
  if min(shape) < 0 or len(data) - begin != math.prod(shape):
    raise _damaged(path, f"{len(data) - begin} numbers for a shape of {shape}")
  return np.frombuffer(data, np.uint8, offset=begin).reshape(shape)


def _damaged(path: Path, reason: str) -> UserError:
  return UserError(f"{path} is damaged ({reason}); replace it")
