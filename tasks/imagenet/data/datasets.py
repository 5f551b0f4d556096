"""The data sets by name: their images, classes and augmentation."""

import dataclasses

from harness.core.errors import unknown


@dataclasses.dataclass(frozen=True)
class Augmentation:
  """Random changes to a training image; none by default.

  Attributes:
    shift: pixels of black put on each side before a crop of the image's size.
    crop: whether a crop of any place, size and aspect ratio is taken.
    flip: whether half of the images, at random, are mirrored left to right.
  """

  shift: int = 0
  crop: bool = False
  flip: bool = False


@dataclasses.dataclass(frozen=True)
class Dataset:
  """One data set.

  Attributes:
    name: as --dataset takes it.
    image_shape: [H, W, C] as trained.
    num_classes: of its labels.
    num_train: images to train on, as published; see `pipeline.prepare`.
    num_test: images to test on, as published.
    mean: of the pixels of each channel, in units of the stored pixels.
    std: their standard deviation.
    augmentation: of training images.
    test_split: its name at TFDS; the test split of ImageNet has no labels.
    is_held: whether all images are held in memory, decoded; otherwise they are
      read from files, at any size.
    version: the versions of TFDS that hold the same images; None if the data
      set is not from TFDS.
    archives: files that TFDS wants a person to download.
    has_idx_files: whether it may be read from idx files, too; see idx_files.
  """

  name: str
  image_shape: tuple[int, int, int]
  num_classes: int
  num_train: int
  num_test: int
  mean: tuple[float, ...]
  std: tuple[float, ...]
  augmentation: Augmentation = Augmentation()
  test_split: str = "test"
  is_held: bool = True
  version: str | None = None
  archives: tuple[str, ...] = ()
  has_idx_files: bool = False


def _of_255(*shares: float) -> tuple[float, ...]:
  return tuple(255 * share for share in shares)


_DATASETS = (
  # Mean and deviation: torchvision's (what is known of where they come from:
  # github.com/pytorch/vision/issues/1439). Crops: Szegedy et al. 2015 (arXiv
  # 1409.4842), section 6.
  Dataset(
    name="imagenet2012",
    image_shape=(224, 224, 3),
    num_classes=1000,
    num_train=1_281_167,
    num_test=50_000,
    mean=_of_255(0.485, 0.456, 0.406),
    std=_of_255(0.229, 0.224, 0.225),
    augmentation=Augmentation(crop=True, flip=True),
    test_split="validation",
    is_held=False,
    version="5.*.*",
    archives=("ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar"),
  ),
  # Mean and deviation: over all pixels of the training images, as in Stevens
  # et al. 2020, "Deep Learning with PyTorch", section 7.1. Shift and flip:
  # He et al. 2016 (arXiv 1512.03385), section 4.2.
  Dataset(
    name="cifar10",
    image_shape=(32, 32, 3),
    num_classes=10,
    num_train=50_000,
    num_test=10_000,
    mean=_of_255(0.4914, 0.4822, 0.4465),
    std=_of_255(0.2470, 0.2435, 0.2616),
    augmentation=Augmentation(shift=4, flip=True),
    version="3.*.*",
  ),
  # The same, over its own training images.
  Dataset(
    name="cifar100",
    image_shape=(32, 32, 3),
    num_classes=100,
    num_train=50_000,
    num_test=10_000,
    mean=_of_255(0.5071, 0.4865, 0.4409),
    std=_of_255(0.2673, 0.2564, 0.2762),
    augmentation=Augmentation(shift=4, flip=True),
    version="3.*.*",
  ),
  # Xiao et al. 2017 (arXiv 1708.07747). Mean and deviation: over all pixels of
  # the training images.
  Dataset(
    name="fashion_mnist",
    image_shape=(28, 28, 1),
    num_classes=10,
    num_train=60_000,
    num_test=10_000,
    mean=_of_255(0.2860),
    std=_of_255(0.3530),
    augmentation=Augmentation(shift=2, flip=True),
    version="3.*.*",
    has_idx_files=True,
  ),
  # Mean and deviation: over all pixels of the training images, of 0 to 16.
  Dataset(
    name="digits",
    image_shape=(8, 8, 1),
    num_classes=10,
    num_train=1_415,
    num_test=382,
    mean=(4.8869,),
    std=(6.0093,),
  ),
)
DATASETS = {dataset.name: dataset for dataset in _DATASETS}


def by_name(name: str) -> Dataset:
  """The data set of that name.

  Raises:
    UserError: there is none; names the nearest.
  """
  if name not in DATASETS:
    raise unknown("dataset", name, DATASETS)
  return DATASETS[name]
