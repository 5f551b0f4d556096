# expect: INVALID parser
def activation(x, y):
  return x + y
