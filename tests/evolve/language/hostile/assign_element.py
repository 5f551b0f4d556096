# expect: INVALID parser
def activation(x):
  x[0] = 1.0
  return x
