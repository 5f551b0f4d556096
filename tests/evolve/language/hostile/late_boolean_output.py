# expect: INVALID probe
def activation(x):
  return x > 0
