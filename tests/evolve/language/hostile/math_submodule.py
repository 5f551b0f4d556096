# expect: INVALID parser
def activation(x):
  return math.sys
