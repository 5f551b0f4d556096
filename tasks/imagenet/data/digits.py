"""The handwritten digits that scikit-learn ships.

1,797 images of 8 x 8 from the test set of "Optical Recognition of Handwritten
Digits" (UCI, Alpaydin and Kaynak 1998). They come in 14 blocks, each by one
writer (its bounds: scikit-learn's course, "Sample grouping"), so that a
shuffled split would test on the writers of the training. Here the last three
blocks are for testing.
"""

import numpy as np
from sklearn.datasets import load_digits

from tasks.imagenet.data.in_memory import Images

_NUM_TRAIN = 1_415  # The twelfth block begins after them.


def read(split: str) -> Images:
  """All images of "train" or "test", in the order of the file."""
  pixels, labels = load_digits(return_X_y=True)
  chosen = slice(_NUM_TRAIN) if split == "train" else slice(_NUM_TRAIN, None)
  return Images(
    pixels[chosen].astype(np.uint8).reshape(-1, 8, 8, 1),
    labels[chosen].astype(np.int32),
  )
