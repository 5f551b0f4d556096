# expect: INVALID parser
from jax.numpy import *


def activation(x):
  return tanh(x)
