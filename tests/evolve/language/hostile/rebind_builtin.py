# expect: INVALID parser
def activation(x):
  sum = x
  return sum
