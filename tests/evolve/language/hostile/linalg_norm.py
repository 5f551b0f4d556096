# expect: INVALID parser
from jax.numpy import linalg


def activation(x):
  return linalg.norm(x)
