# expect: INVALID parser
def activation(x):
  x[:] += 1.0
  return x
