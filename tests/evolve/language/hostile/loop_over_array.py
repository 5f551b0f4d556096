# expect: INVALID parser
def activation(x):
  y = 0.0
  for row in x:
    y = y + row
  return x + y
