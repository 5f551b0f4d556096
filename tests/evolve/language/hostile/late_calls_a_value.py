# expect: CRASHED probe
def activation(x):
  y = 2.0
  return y(x)
