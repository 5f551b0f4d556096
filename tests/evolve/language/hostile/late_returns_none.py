# expect: INVALID probe
def activation(x):
  return None
