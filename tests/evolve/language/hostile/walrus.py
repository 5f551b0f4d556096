# expect: INVALID parser
def activation(x):
  return (y := x) + y
