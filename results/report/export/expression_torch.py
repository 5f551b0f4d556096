"""the winner of expression: an activation function, in PyTorch.

Written by actmine from the program 10310d4baabee91c.
"""

import torch
from torch.nn import functional


def _gelu(x: torch.Tensor) -> torch.Tensor:
  return functional.gelu(x, approximate="tanh")


def activation(x):
  amplitude_3 = 0.05825
  frequency_3 = 1.055

  def partner(x):
    amplitude = 0.2253
    frequency = 1.117
    amplitude_2 = 0.1064
    frequency_2 = 2.124
    term_2 = functional.mish(torch.as_tensor(float(1))).item() + amplitude * torch.sin(frequency * x)
    term = _gelu(x) * (1 + 0.5 * torch.sinc(x * term_2))
    term_4 = amplitude_2 * torch.sinc(frequency_2 * x)
    term_3 = functional.hardswish(x) * (1 + term_4)
    return torch.where(x > 0, term, functional.selu(term_3))
  return partner(x) + amplitude_3 * torch.sin(frequency_3 * x)
