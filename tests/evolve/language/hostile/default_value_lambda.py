# expect: INVALID parser
def activation(x, f=lambda y: y):
  return x
