# expect: INVALID parser
def activation(x, x=1):
  return x
