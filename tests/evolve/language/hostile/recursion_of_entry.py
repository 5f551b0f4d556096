# expect: INVALID parser
def activation(x):
  return activation(x - 1)
