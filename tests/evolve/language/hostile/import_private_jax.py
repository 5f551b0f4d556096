# expect: INVALID parser
from jax._src import core


def activation(x):
  return x
