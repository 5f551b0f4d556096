# expect: INVALID parser
def activation(x):
  for math in (1, 2):
    x = x + math
  return x
