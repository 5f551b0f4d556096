"""Crops of encoded images, in TensorFlow: random to train, central to test.

Only the pixels within a crop are decoded; they are resized bicubically, without
smoothing first.
"""

from typing import Any

import tensorflow as tf

# He et al. 2016 (arXiv 1512.03385), section 3.4: 224 pixels out of 256.
_CENTRAL = 0.875
# Szegedy et al. 2015 (arXiv 1409.4842), section 6; shares of the image.
_AREAS = (0.08, 1.0)
_ASPECT_RATIOS = (3 / 4, 4 / 3)


def random_crop(encoded: Any, image_size: int, seed: Any) -> Any:
  """A crop of any place, area and aspect ratio.

  Args:
    encoded: a JPEG.
    image_size: H and W of the result.
    seed: of the place, of TensorFlow's stateless functions.

  Returns:
    float32 [H, W, 3] of 0 to 255, a little beyond at sharp edges.
  """
  begin, size, _ = tf.image.stateless_sample_distorted_bounding_box(
    tf.image.extract_jpeg_shape(encoded),
    tf.constant([[[0.0, 0.0, 1.0, 1.0]]]),
    seed,
    min_object_covered=0.0,  # The object is the whole image: areas decide.
    aspect_ratio_range=_ASPECT_RATIOS,
    area_range=_AREAS,
    max_attempts=100,
  )
  return _decoded(encoded, begin[:2], size[:2], image_size)


def central_crop(encoded: Any, image_size: int) -> Any:
  """The square in the middle, less a margin; otherwise as `random_crop`."""
  shape = tf.image.extract_jpeg_shape(encoded)[:2]
  shorter = tf.cast(tf.reduce_min(shape), tf.float32)
  side = tf.cast(tf.round(_CENTRAL * shorter), tf.int32)
  begin = (shape - side) // 2
  return _decoded(encoded, begin, tf.stack([side, side]), image_size)


def _decoded(encoded: Any, begin: Any, size: Any, image_size: int) -> Any:
  window = tf.concat([begin, size], axis=0)
  pixels = tf.image.decode_and_crop_jpeg(encoded, window, channels=3)
  return tf.image.resize(pixels, [image_size, image_size], method="bicubic")
