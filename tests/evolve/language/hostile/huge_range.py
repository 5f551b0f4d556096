# expect: INVALID parser
def activation(x):
  for _ in range(10**9):
    x = x + 1
  return x
