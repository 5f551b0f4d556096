# expect: INVALID parser
def activation(x):
  ys = [activation for activation in (1, 2)]
  return activation(x)
