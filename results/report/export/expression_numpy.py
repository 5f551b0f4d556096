"""the winner of expression: an activation function, in NumPy.

Written by actmine from the program 10310d4baabee91c.
"""

import math

import numpy as np


def _elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
  return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _gelu(x: np.ndarray) -> np.ndarray:
  slope = math.sqrt(2 / math.pi)
  return 0.5 * x * (1 + np.tanh(slope * (x + 0.044715 * x**3)))


def _hard_sigmoid(x: np.ndarray) -> np.ndarray:
  return np.clip(x + 3, 0, 6) / 6


def _hard_swish(x: np.ndarray) -> np.ndarray:
  return x * _hard_sigmoid(x)


def _mish(x: np.ndarray) -> np.ndarray:
  return x * np.tanh(_softplus(x))


def _selu(x: np.ndarray) -> np.ndarray:
  return 1.0507009873554805 * _elu(x, 1.6732632423543772)


def _softplus(x: np.ndarray) -> np.ndarray:
  return np.logaddexp(x, 0)


def activation(x):
  amplitude_3 = 0.05825
  frequency_3 = 1.055

  def partner(x):
    amplitude = 0.2253
    frequency = 1.117
    amplitude_2 = 0.1064
    frequency_2 = 2.124
    term_2 = float(_mish(1)) + amplitude * np.sin(frequency * x)
    term = _gelu(x) * (1 + 0.5 * np.sinc(x * term_2))
    term_4 = amplitude_2 * np.sinc(frequency_2 * x)
    term_3 = _hard_swish(x) * (1 + term_4)
    return np.where(x > 0, term, _selu(term_3))
  return partner(x) + amplitude_3 * np.sin(frequency_3 * x)
