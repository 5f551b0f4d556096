# expect: INVALID probe
def activation(x):
  return (y for y in (x, x))
