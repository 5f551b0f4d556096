# expect: CRASHED probe
def activation(x):
  y = y + x
  return y
