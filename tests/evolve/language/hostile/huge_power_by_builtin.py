# expect: INVALID parser
def activation(x):
  return x * pow(9, pow(9, 9))
