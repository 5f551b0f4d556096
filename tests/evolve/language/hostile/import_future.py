# expect: INVALID parser
from __future__ import annotations


def activation(x):
  return x
