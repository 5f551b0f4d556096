# expect: INVALID parser
def f(y):
  return f(y) + 1


def activation(x):
  return f(x)
