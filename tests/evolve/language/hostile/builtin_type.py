# expect: INVALID parser
def activation(x):
  return type(x)(x)
