# expect: INVALID probe
def activation(x):
  return x.sum()
