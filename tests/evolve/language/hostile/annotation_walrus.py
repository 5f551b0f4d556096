# expect: INVALID parser
def activation(x) -> (y := 1):
  return y
