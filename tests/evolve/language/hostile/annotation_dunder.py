# expect: INVALID parser
def activation(x: ().__class__):
  return x
