"""Archives like those of the real data sets, with a few images."""

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

IMAGENET_TRAIN, IMAGENET_TEST = 20, 8
CIFAR_TRAIN, CIFAR_TEST = 50, 12
# The first two of ImageNet's classes.
SYNSETS = ("n01440764", "n01443537")
_CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"


def picture(number: int, height: int, width: int) -> np.ndarray:
  """A picture, uint8 [H, W, 3], whose crops tell their place and size.

  Red grows rightwards, green downwards; blue is the picture's number.
  """
  pixels = np.zeros((height, width, 3), np.uint8)
  pixels[..., 0] = np.linspace(0, 255, width)
  pixels[..., 1] = np.linspace(0, 255, height)[:, None]
  pixels[..., 2] = number * 4
  return pixels


def number_of(pixels: np.ndarray) -> np.ndarray:
  """Numbers of pictures, int [N], by their blue; pixels are [N, H, W, 3]."""
  blue = np.median(pixels[..., 2], axis=(1, 2))
  return np.rint(blue / 4).astype(int)


def imagenet_size(number: int) -> tuple[int, int]:
  """Height and width of a picture of the miniature."""
  return 96 + 24 * (number % 3), 128


def write_imagenet(manual_dir: Path, *broken: int) -> None:
  """Training images 0 to 19, ten of each class; validation images 0 to 7.

  Those with the numbers of broken ones end in the middle.
  """
  manual_dir.mkdir(parents=True)
  classes = (
    (
      f"{synset}.tar",
      _tar(_jpegs(f"{synset}_{{}}.JPEG", range(10 * k, 10 * k + 10), broken)),
    )
    for k, synset in enumerate(SYNSETS)
  )
  train = manual_dir / "ILSVRC2012_img_train.tar"
  train.write_bytes(_tar(classes))
  # Stored in another order than that of their names, as the real ones are.
  names = "ILSVRC2012_val_{:08d}.JPEG"
  test = manual_dir / "ILSVRC2012_img_val.tar"
  test.write_bytes(_tar(_jpegs(names, reversed(range(IMAGENET_TEST)), broken)))


def write_cifar10(manual_dir: Path) -> str:
  """Training images 0 to 49, testing images 0 to 11; label: last digit.

  Returns:
    The archive's SHA-256.
  """
  manual_dir.mkdir(parents=True)
  train = np.array_split(np.arange(CIFAR_TRAIN), 5)
  files = [(f"data_batch_{k + 1}.bin", part) for k, part in enumerate(train)]
  files.append(("test_batch.bin", np.arange(CIFAR_TEST)))
  folder = "cifar-10-batches-bin"
  names = "".join(f"class{label}\n" for label in range(10)).encode()
  archive = _tar(
    [
      (f"{folder}/batches.meta.txt", names),
      *((f"{folder}/{name}", _cifar_file(part)) for name, part in files),
    ],
    mode="w:gz",
  )
  (manual_dir / "cifar-10-binary.tar.gz").write_bytes(archive)
  return hashlib.sha256(archive).hexdigest()


@contextmanager
def registered_cifar10(manual_dir: Path, checksum: str) -> Iterator[None]:
  """Makes TFDS take the miniature for the archive to be downloaded."""
  import tensorflow_datasets as tfds
  from tensorflow_datasets.core.download.checksums import UrlInfo

  name = "cifar-10-binary.tar.gz"
  size = tfds.core.utils.Size((manual_dir / name).stat().st_size)
  with pytest.MonkeyPatch.context() as patch:
    known = tfds.builder_cls("cifar10").url_infos
    patch.setitem(known, _CIFAR_URL, UrlInfo(size, checksum, name))
    yield


def _jpegs(
  name: str, numbers: Iterable[int], broken: Sequence[int]
) -> Iterator[tuple[str, bytes]]:
  for number in numbers:
    content = io.BytesIO()
    image = Image.fromarray(picture(number, *imagenet_size(number)))
    image.save(content, "JPEG", quality=95, subsampling=0)
    encoded = content.getvalue()
    if number in broken:
      encoded = encoded[: len(encoded) // 2]
    yield name.format(number), encoded


def _cifar_file(numbers: Iterable[int]) -> bytes:
  return b"".join(
    bytes([number % 10]) + picture(number, 32, 32).transpose(2, 0, 1).tobytes()
    for number in numbers
  )


def _tar(files: Iterable[tuple[str, bytes]], mode: str = "w") -> bytes:
  archive = io.BytesIO()
  with tarfile.open(fileobj=archive, mode=mode) as tar:
    for name, content in files:
      info = tarfile.TarInfo(name)
      info.size = len(content)
      tar.addfile(info, io.BytesIO(content))
  return archive.getvalue()
