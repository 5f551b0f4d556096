# expect: INVALID parser
def activation(x):
  a, *b = x, x, x
  return a
