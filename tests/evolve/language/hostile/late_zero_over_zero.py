# expect: DIVERGED probe
def activation(x):
  return (x - x) / (x - x)
