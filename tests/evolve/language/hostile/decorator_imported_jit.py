# expect: INVALID parser
from os import system as jit


@jit
def activation(x):
  return x
