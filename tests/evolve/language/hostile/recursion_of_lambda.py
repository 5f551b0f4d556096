# expect: INVALID parser
def activation(x):
  f = lambda y: f(y)
  return f(x)
