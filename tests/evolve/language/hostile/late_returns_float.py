# expect: INVALID probe
def activation(x):
  return 1.0
