# expect: INVALID parser
def activation(x):
  a = 10
  b = a**a
  c = b**b
  return x * c
