# expect: INVALID parser
def activation(x):
  print(x)
  return x
