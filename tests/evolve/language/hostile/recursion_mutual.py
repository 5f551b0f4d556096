# expect: INVALID parser
def f(y):
  return g(y)


def g(y):
  return f(y)


def activation(x):
  return f(x)
