# expect: INVALID parser
import math as jnp


def activation(x):
  return x
