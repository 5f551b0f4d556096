# expect: INVALID parser
def activation(x):
  return {1: x}[1]
