# expect: INVALID probe
def activation(x):
  return x * float(x)
