# expect: INVALID parser
def activation(x):
  assert x.ndim > 0
  return x
