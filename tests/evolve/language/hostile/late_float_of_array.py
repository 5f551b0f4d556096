# expect: CRASHED probe
def activation(x):
  return x * float(x)
