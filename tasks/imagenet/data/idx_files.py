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
from tasks.imagenet.data.in_memory import Images

_PREFIXES = {"train": "train", "test": "t10k"}
_UNSIGNED_BYTE = 8


def are_in(folder: Path) -> bool:
  """True if a folder has any of the files."""
  return any(_found(folder, _name("train", d)) for d in (1, 3))


def read(folder: Path, split: str, num_classes: int) -> Images:
  """All images of "train" or "test", in the order of the files.

  Args:
    folder: has the four files.
    split: the name.
    num_classes: labels are below it.

  Raises:
    UserError: a file is missing or damaged, or they don't belong together.
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
  if labels.max(initial=0) >= num_classes:
    raise UserError(
      f"{paths[1]} has a label {labels.max()}, and there are {num_classes} "
      "classes; is it another data set?"
    )
  return Images(pixels[..., None], labels.astype(np.int32))


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
