# expect: INVALID parser
class Activation:
  pass


def activation(x):
  return x
