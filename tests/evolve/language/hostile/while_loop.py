# expect: INVALID parser
def activation(x):
  while True:
    x = x + 1
  return x
