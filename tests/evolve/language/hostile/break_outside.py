# expect: INVALID parser
def activation(x):
  break
  return x
