# expect: INVALID parser
def activation(x):
  return x * 10**10**10
