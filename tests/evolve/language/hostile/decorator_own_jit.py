# expect: INVALID parser
def jit(f):
  return x


@jit
def activation(x):
  return x
