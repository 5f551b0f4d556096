"""the winner of random: an activation function, in PyTorch.

Written by actmine from the program 99e77cf8d454a1a7.
"""

import torch
from torch.nn import functional


def activation(x):
  amplitude = 0.1607
  frequency = 2.248
  return functional.mish(x) + amplitude * torch.sin(frequency * x)
