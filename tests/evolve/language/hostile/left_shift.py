# expect: INVALID parser
def activation(x):
  return x * (1 << 1000)
