# expect: INVALID parser
import tasks


def activation(x):
  return x
