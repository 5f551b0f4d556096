# expect: INVALID parser
def activation(x):
  return sum({1, 2}) * x
