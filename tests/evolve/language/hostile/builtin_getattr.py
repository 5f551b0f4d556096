# expect: INVALID parser
def activation(x):
  return getattr(x, '__class__')
