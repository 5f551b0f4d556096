# expect: INVALID parser
def activation(x):
  return f'{x.__class__}'
