# expect: INVALID parser
def activation(x):
  return [y async for y in (x, x)][0]
