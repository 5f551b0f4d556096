"""the winner of random: an activation function, in NumPy.

Written by actmine from the program 99e77cf8d454a1a7.
"""

import numpy as np


def _mish(x: np.ndarray) -> np.ndarray:
  return x * np.tanh(_softplus(x))


def _softplus(x: np.ndarray) -> np.ndarray:
  return np.logaddexp(x, 0)


def activation(x):
  amplitude = 0.1607
  frequency = 2.248
  return _mish(x) + amplitude * np.sin(frequency * x)
