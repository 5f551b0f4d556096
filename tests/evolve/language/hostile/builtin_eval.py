# expect: INVALID parser
def activation(x):
  return eval('x')
