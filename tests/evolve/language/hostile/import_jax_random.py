# expect: INVALID parser
import jax.random


def activation(x):
  return x
