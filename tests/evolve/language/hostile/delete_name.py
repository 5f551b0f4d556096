# expect: INVALID parser
def activation(x):
  y = x
  del y
  return x
