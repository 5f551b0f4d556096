# expect: INVALID parser
from . import language


def activation(x):
  return x
