# expect: INVALID parser
__builtins__ = ['open']


def activation(x):
  return x
