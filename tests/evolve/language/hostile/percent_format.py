# expect: INVALID parser
def activation(x):
  return '%s' % x
