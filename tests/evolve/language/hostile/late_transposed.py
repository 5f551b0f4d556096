# expect: INVALID probe
def activation(x):
  return x.T
