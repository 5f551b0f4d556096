# expect: INVALID parser
def activation(x):
  return x * sum(range(2000000000))
