# expect: INVALID parser
def activation(x):
  y = x
  f'{y}'
  return y
