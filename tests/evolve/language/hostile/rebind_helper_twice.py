# expect: INVALID parser
def f(x):
  return x


def f(x):
  return -x


def activation(x):
  return f(x)
