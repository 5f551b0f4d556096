# expect: INVALID parser
import builtins


def activation(x):
  return x
