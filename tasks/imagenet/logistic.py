"""Logistic regression on the pixels: the accuracy without any activation."""

import numpy as np

from tasks.imagenet.data import pipeline
from tasks.imagenet.data.datasets import Dataset

_MOST_PIXELS = 1 << 20  # Of all training images: 8x8 ones take a second.


def accuracy(dataset: Dataset) -> float | None:
  """Its top-1 on the test images, in [0, 1]; None for large data sets."""
  height, width, channels = dataset.image_shape
  if dataset.num_train * height * width * channels > _MOST_PIXELS:
    return None
  # Imported here: only the smallest data set needs it.
  from sklearn.linear_model import LogisticRegression

  train = next(
    pipeline.training_batches(dataset, None, dataset.num_train, seed=0)
  )
  test = next(pipeline.test_batches(dataset, None, dataset.num_test))
  model = LogisticRegression(max_iter=1000)
  model.fit(_flat(train.images), train.labels)
  return float(model.score(_flat(test.images), test.labels))


def _flat(images: np.ndarray) -> np.ndarray:
  return images.reshape(len(images), -1)
