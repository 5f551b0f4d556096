# expect: INVALID parser
def activation(x, **rest):
  return x
