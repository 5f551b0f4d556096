# expect: INVALID parser
__version__ = '1'


def activation(x):
  return x * float(__version__)
