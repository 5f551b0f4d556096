# expect: INVALID parser
def activation(x):
  f'{open(1)}'
  return x
