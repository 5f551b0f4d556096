# expect: INVALID parser
from math import pow


def activation(x):
  return x * pow(2, 3)
