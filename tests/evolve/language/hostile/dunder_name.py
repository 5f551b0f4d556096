# expect: INVALID parser
def activation(x):
  return __name__
