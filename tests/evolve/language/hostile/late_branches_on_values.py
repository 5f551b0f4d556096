# expect: INVALID probe
def activation(x):
  return x if x > 0 else 0.1 * x
