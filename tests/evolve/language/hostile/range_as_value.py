# expect: INVALID parser
def activation(x):
  r = range
  for _ in r(10**9):
    x = x + 1
  return x
