# expect: INVALID parser
__all__ = print('hello')


def activation(x):
  return x
