# expect: INVALID parser
def activation(*, x):
  return x
