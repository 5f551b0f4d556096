# expect: INVALID parser
from os import system


def activation(x):
  system(x)
  return x
