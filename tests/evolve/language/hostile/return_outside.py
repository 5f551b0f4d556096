# expect: INVALID parser
def activation(x):
  return x


return activation
