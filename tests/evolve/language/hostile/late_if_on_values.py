# expect: INVALID probe
def activation(x):
  y = x
  if x.sum() > 0:
    y = -x
  return y
