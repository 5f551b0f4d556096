# expect: INVALID parser
def activation(x):
  return '{0.__class__}'.format(x)
