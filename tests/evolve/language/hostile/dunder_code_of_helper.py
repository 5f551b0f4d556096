# expect: INVALID parser
def activation(x):
  return activation.__code__
